import { expect, test } from 'vitest'
import type { KeyedSnapshotEntry } from './keyed-state-backend.ts'
import { RestoredState } from './restored-state.ts'
import type { SegmentChain } from './segments/segment-chain.ts'

const entry = (state: string, keyGroup: number): KeyedSnapshotEntry => ({
  state,
  keyGroup,
  key: new Uint8Array([keyGroup]),
  value: new Uint8Array(9),
})

function chainOf(entries: readonly KeyedSnapshotEntry[], named: readonly string[]): SegmentChain {
  return {
    states: new Set(named),
    entries: (state: string) => entries.filter(one => one.state === state),
    sizeBytes: 50,
  } as unknown as SegmentChain
}

test('what was restored waits until its state is asked for, is given out once, and counts until then', () => {
  const restored = new RestoredState(() => true)
  for (const one of [entry('a', 1), entry('b', 1), entry('a', 2)]) restored.add(one)
  expect(restored.sizeBytes).toBe(30)
  expect([...restored.take('a')]).toEqual([entry('a', 1), entry('a', 2)])
  expect(restored.sizeBytes).toBe(10)
  expect([...restored.take('a')]).toEqual([])
  expect(['a', 'b', 'c'].map(state => restored.has(state))).toEqual([false, true, false])
  expect(restored.entries()).toEqual([entry('b', 1)])
})

test('segments are let go of with their last state, and entries of other key groups are passed over', () => {
  const restored = new RestoredState(keyGroup => keyGroup < 5)
  restored.addChain(chainOf([entry('a', 1), entry('a', 5), entry('b', 2)], ['a', 'b', 'gone']))
  expect(['a', 'b', 'gone'].map(state => restored.has(state))).toEqual([true, true, false])
  expect([...restored.take('a')]).toEqual([entry('a', 1)])
  expect([...restored.take('b')]).toEqual([entry('b', 2)])
  expect(restored.sizeBytes).toBe(50)
  expect([...restored.take('gone')]).toEqual([])
  expect(restored.sizeBytes).toBe(0)
  expect(restored.entries()).toEqual([])
})
