import { describe, expect, test } from 'vitest'
import {
  aggregatingState,
  listState,
  mapState,
  reducingState,
  type StateOptions,
  valueState,
} from '../functions/state-descriptors.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import type { KeyedSnapshotEntry } from './keyed-state-backend.ts'
import { MemoryTier } from './memory-tier.ts'
import { StateRoom } from './state-room.ts'

function tier(clock = new ManualClock(1_000)): MemoryTier {
  return new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock })
}

function restoredFrom(entries: readonly KeyedSnapshotEntry[], clock?: ManualClock): MemoryTier {
  const restored = tier(clock)
  restored.restore(entries)
  return restored
}

describe('value state', () => {
  test('has a value per key, the default where there is none, and nothing after clear', () => {
    const backend = tier()
    const state = backend.getState(valueState('v', { default: 7 }))
    backend.setCurrentKey('a')
    state.update(1)
    backend.setCurrentKey('b')
    expect(state.value()).toBe(7)
    state.update(0)
    expect(state.value()).toBe(0)
    backend.setCurrentKey('a')
    expect(state.value()).toBe(1)
    state.clear()
    expect(state.value()).toBe(7)
  })

  test('null is a value, undefined clears', () => {
    const backend = tier()
    const state = backend.getState(valueState<string | null | undefined>('v', { default: 'none' }))
    backend.setCurrentKey('a')
    state.update(null)
    expect(state.value()).toBe(null)
    state.update(undefined)
    expect(state.value()).toBe('none')
    expect(backend.snapshot()).toEqual([])
  })
})

describe('list state', () => {
  test('keeps elements in order, and what get gave is not changed by what follows', () => {
    const backend = tier()
    const state = backend.getState(listState<number>('l'))
    backend.setCurrentKey('a')
    expect(state.get()).toEqual([])
    state.add(1)
    state.add(2)
    const given = state.get()
    state.addAll([3, 4])
    expect(given).toEqual([1, 2])
    expect(state.get()).toEqual([1, 2, 3, 4])
    state.update([9])
    expect(state.get()).toEqual([9])
    state.update([])
    expect(backend.snapshot()).toEqual([])
  })
})

describe('map state', () => {
  test('puts, finds, lists and removes entries, under keys of any kind', () => {
    const backend = tier()
    const state = backend.getState(mapState<unknown, number>('m'))
    backend.setCurrentKey('a')
    expect(state.isEmpty()).toBe(true)
    state.put('x', 1)
    state.put(['x', 1], 2)
    state.put({ b: 1, a: 2 }, 3)
    state.put('x', 4)
    expect(state.get('x')).toBe(4)
    expect(state.get({ a: 2, b: 1 })).toBe(3)
    expect(state.has(['x', 2])).toBe(false)
    expect([...state.keys()]).toEqual(['x', ['x', 1], { b: 1, a: 2 }])
    expect([...state.values()]).toEqual([4, 2, 3])
    state.remove('x')
    state.remove('never there')
    expect([...state.entries()]).toEqual([
      [['x', 1], 2],
      [{ b: 1, a: 2 }, 3],
    ])
    backend.setCurrentKey('b')
    expect(state.isEmpty()).toBe(true)
    backend.setCurrentKey('a')
    state.clear()
    expect(backend.snapshot()).toEqual([])
  })
})

test('reducing state reduces', () => {
  const backend = tier()
  const state = backend.getState(reducingState<number>('r', (a, b) => a * b))
  backend.setCurrentKey('a')
  expect(state.get()).toBeUndefined()
  for (const factor of [2, 3, 7]) state.add(factor)
  expect(state.get()).toBe(42)
  state.clear()
  expect(state.get()).toBeUndefined()
})

test('aggregating state aggregates, and gives no accumulator away', () => {
  const backend = tier()
  const state = backend.getState(
    aggregatingState<number, { sum: number }, { sum: number }>('g', {
      createAccumulator: () => ({ sum: 0 }),
      add: (value, accumulator) => {
        accumulator.sum += value
        return accumulator
      },
      getResult: accumulator => accumulator,
      merge: (a, b) => ({ sum: a.sum + b.sum }),
    }),
  )
  backend.setCurrentKey('a')
  expect(state.get()).toBeUndefined()
  state.add(2)
  const given = state.get()
  state.add(3)
  expect(given).toEqual({ sum: 2 })
  expect(state.get()).toEqual({ sum: 5 })
})

describe('time to live', () => {
  test('a value is there for just less than its time, counted from its last write, and is left out of snapshots', () => {
    const clock = new ManualClock(1_000)
    const backend = tier(clock)
    const state = backend.getState(valueState<string>('v', { ttlMs: 100 }))
    backend.setCurrentKey('a')
    state.update('x')
    clock.advance(99)
    expect(state.value()).toBe('x')
    state.update('x')
    clock.advance(99)
    // Reading does not prolong it.
    expect(state.value()).toBe('x')
    expect(backend.snapshot()).toHaveLength(1)
    clock.advance(1)
    expect(backend.snapshot()).toEqual([])
    expect(state.value()).toBeUndefined()
  })

  test('goes on counting over a restore', () => {
    const clock = new ManualClock(1_000)
    const first = tier(clock)
    first.setCurrentKey('a')
    first.getState(valueState<string>('v', { ttlMs: 100 })).update('x')
    clock.advance(60)
    const second = restoredFrom(first.snapshot(), clock)
    const state = second.getState(valueState<string>('v', { ttlMs: 100 }))
    second.setCurrentKey('a')
    expect(state.value()).toBe('x')
    clock.advance(40)
    expect(state.value()).toBeUndefined()
  })

  test('a list expires as a whole, a map entry by entry', () => {
    const clock = new ManualClock(1_000)
    const backend = tier(clock)
    const list = backend.getState(listState<number>('l', { ttlMs: 100 }))
    const map = backend.getState(mapState<string, number>('m', { ttlMs: 100 }))
    backend.setCurrentKey('a')
    list.add(1)
    map.put('old', 1)
    clock.advance(60)
    list.add(2)
    map.put('new', 2)
    clock.advance(60)
    expect(list.get()).toEqual([1, 2])
    expect([...map.entries()]).toEqual([['new', 2]])
    expect(map.has('old')).toBe(false)
    clock.advance(40)
    expect(list.get()).toEqual([])
    expect(map.isEmpty()).toBe(true)
  })
})

test('every kind of state comes back from a snapshot', () => {
  const reduce = (a: number, b: number): number => a + b
  const aggregator = {
    createAccumulator: () => [] as number[],
    add: (value: number, accumulator: number[]) => [...accumulator, value],
    getResult: (accumulator: number[]) => accumulator.join(),
    merge: (a: number[], b: number[]) => [...a, ...b],
  }
  const statesOf = (backend: MemoryTier) => ({
    value: backend.getState(valueState<unknown>('v')),
    list: backend.getState(listState<number>('l')),
    map: backend.getState(mapState<unknown, string>('m')),
    reduced: backend.getState(reducingState('r', reduce)),
    aggregated: backend.getState(aggregatingState('g', aggregator)),
  })
  const keys = ['a', 'a key that is rather long', 1, -0, 1.5, 12n, true, ['t', 1], { y: 1, x: 'z' }]
  const before = tier()
  const states = statesOf(before)
  for (const [i, key] of keys.entries()) {
    before.setCurrentKey(key)
    states.value.update({ i, of: key })
    states.list.addAll([i, i + 1])
    states.map.put([i], 'one')
    states.map.put('two', `${i}`)
    states.reduced.add(i)
    states.reduced.add(1)
    states.aggregated.add(i)
    states.aggregated.add(8)
  }
  const after = restoredFrom(before.snapshot())
  const restored = statesOf(after)
  for (const [i, key] of keys.entries()) {
    after.setCurrentKey(key)
    expect(restored.value.value()).toEqual({ i, of: key })
    expect(restored.list.get()).toEqual([i, i + 1])
    expect([...restored.map.entries()]).toEqual([
      [[i], 'one'],
      ['two', `${i}`],
    ])
    expect(restored.reduced.get()).toBe(i + 1)
    expect(restored.aggregated.get()).toBe(`${i},8`)
  }
  after.setCurrentKey('another')
  expect(restored.value.value()).toBeUndefined()
})

describe('mistakes are named', () => {
  test('state without a current key', () => {
    const state = tier().getState(valueState<number>('v'))
    expect(() => state.value()).toThrow('no current key')
  })

  test('one name for two kinds of state', () => {
    const backend = tier()
    backend.getState(valueState<number>('v'))
    expect(() => backend.getState(listState<number>('v'))).toThrow(
      expect.objectContaining({
        code: 'STATE_TYPE',
        message: "the state 'v' is used both as value state and as list state; give each its own name",
      }),
    )
    expect(() => backend.getState(valueState<number>('v', { ttlMs: 100 }))).toThrow(
      "the state 'v' is used both as value state and as value state with a time to live",
    )
    expect(backend.getState(valueState<number>('v'))).toBe(backend.getState(valueState<number>('v')))
  })

  test('state that was written as another kind', () => {
    const before = tier()
    before.setCurrentKey('a')
    before.getState(valueState<number>('v')).update(1)
    const after = restoredFrom(before.snapshot())
    expect(() => after.getState(listState<number>('v'))).toThrow(
      "the state 'v' was written as value state and is now asked for as list state",
    )
    expect(after.getState(valueState<number>('v'))).toBeDefined()
  })

  test.each([
    ['a value', (backend: MemoryTier, options: StateOptions) => backend.getState(valueState('v', options)).update(1)],
    ['a list', (backend: MemoryTier, options: StateOptions) => backend.getState(listState('v', options)).add(1)],
    ['a map', (backend: MemoryTier, options: StateOptions) => backend.getState(mapState('v', options)).put('k', 1)],
  ])('%s that was written without a time to live is not used with one, nor the other way round', (_what, write) => {
    for (const [written, asked, message] of [
      [{}, { ttlMs: 100 }, /was written as \w+ state and is now asked for as \w+ state with a time to live; ask/],
      [{ ttlMs: 100 }, {}, /was written as \w+ state with a time to live and is now asked for as \w+ state; ask/],
    ] as const) {
      const before = tier()
      before.setCurrentKey('a')
      write(before, written)
      const after = restoredFrom(before.snapshot())
      after.setCurrentKey('a')
      expect(() => write(after, asked)).toThrow(
        expect.objectContaining({ code: 'STATE_TYPE', message: expect.stringMatching(message) }),
      )
      expect(() => write(after, written)).not.toThrow()
    }
  })

  test('a state without a name, a time to live that is none', () => {
    expect(() => valueState('')).toThrow('needs a name')
    expect(() => listState('l', { ttlMs: 0 })).toThrow('ttlMs')
    expect(() => mapState('m', { ttlMs: Number.NaN })).toThrow('ttlMs')
  })

  test('a key that cannot be one', () => {
    expect(() => tier().setCurrentKey(undefined)).toThrow('undefined')
    const backend = tier()
    backend.setCurrentKey('a')
    const map = backend.getState(mapState<number, number>('map'))
    expect(() => map.put(Number.NaN, 1)).toThrow(/^The key is NaN, .* or what is given to map state as one\.$/)
  })
})

describe('with hardly any room in memory', () => {
  const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`)
  const spilling = (clock: ManualClock): { backend: MemoryTier; store: MemorySpillStore } => {
    const store = new MemorySpillStore()
    const room = new StateRoom(300, store)
    return { backend: new MemoryTier({ maxParallelism: 128, ownsKeyGroup: () => true, clock, room }), store }
  }

  test('a map larger than memory is gone through entry by entry, and removed from', () => {
    const { backend, store } = spilling(new ManualClock())
    const state = backend.getState(mapState<number, string>('m'))
    for (const key of ['a', 'b']) {
      backend.setCurrentKey(key)
      for (let i = 0; i < 1_000; i++) state.put(i, `${key}${i}`)
    }
    expect(store.writes).toBeGreaterThan(1_900)
    backend.setCurrentKey('a')
    for (const [n, text] of state.entries()) {
      expect(text).toBe(`a${n}`)
      if (n % 2 === 0) state.remove(n)
    }
    expect([...state.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => 2 * i + 1))
    expect([state.has(4), state.get(5)]).toEqual([false, 'a5'])
    state.clear()
    expect(state.isEmpty()).toBe(true)
    backend.setCurrentKey('b')
    expect([...state.values()]).toHaveLength(1_000)
    expect(backend.snapshot()).toHaveLength(1_000)
  })

  test('what is on disk expires in its time, and is left out of snapshots', () => {
    const clock = new ManualClock(1_000)
    const { backend, store } = spilling(clock)
    const value = backend.getState(valueState<number>('v', { ttlMs: 100 }))
    const map = backend.getState(mapState<number, number>('m', { ttlMs: 100 }))
    const fill = (n: number): void => {
      for (const key of keys) {
        backend.setCurrentKey(key)
        if (n === 1) value.update(n)
        map.put(n, n)
      }
    }
    fill(1)
    clock.advance(60)
    fill(2)
    expect(store.writes).toBeGreaterThan(80)
    clock.advance(60)
    expect(backend.snapshot().map(({ state }) => state)).toEqual(keys.map(() => 'user/map+ttl/m'))
    for (const key of keys) {
      backend.setCurrentKey(key)
      expect(value.value()).toBeUndefined()
      expect([...map.entries()]).toEqual([[2, 2]])
    }
  })

  test('keys are gone through for every kind of state', () => {
    const { backend } = spilling(new ManualClock())
    const list = backend.getState(listState<string>('l'))
    const map = backend.getState(mapState<number, number>('m'))
    for (const key of keys) {
      backend.setCurrentKey(key)
      list.add(key)
      list.add('again')
      map.put(1, 1)
    }
    for (const name of ['l', 'm']) {
      const met: unknown[] = []
      backend.forEachKey(name, key => {
        met.push(key)
        expect(list.get()).toEqual([key, 'again'])
      })
      expect(met.sort()).toEqual([...keys].sort())
    }
  })
})
