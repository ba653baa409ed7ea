import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpillKeys, SpillValues, SpillWriter } from '@weir/engine/state/spill-store'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RocksStore } from './rocks-store.ts'
import type { StorePart } from './store-part.ts'

const KEY = Uint8Array.of(7)
const NO_PREFIX = new Uint8Array(0)

let folder: string
let store: RocksStore

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'weir-rocks-')), 'state')
  store = new RocksStore({ folder, writeBufferBytes: 1 << 20, writeBuffersMax: 3, cacheBytes: 0 })
})

afterEach(async () => {
  await store.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

async function write(part: StorePart, value: number): Promise<void> {
  const writer = new SpillWriter()
  writer.put(NO_PREFIX, KEY, KEY.length, Uint8Array.of(value))
  await part.write(writer.request)
}

async function read(part: StorePart): Promise<number | undefined> {
  const keys = new SpillKeys()
  keys.add(NO_PREFIX, KEY, KEY.length)
  return new SpillValues(await part.get(keys.request)).next()?.[0]
}

it('slots that leave at about the same moment leave the process alive, and nothing behind', async () => {
  let number = 0
  for (let round = 0; round < 100; round++) {
    const parts = Array.from({ length: 8 }, () => store.part(number++))
    await Promise.all(parts.map(part => write(part, round)))
    // So that the last one comes while others are between their requests.
    const pauses = (slot: number): number => (slot * 7 + round) % 11
    await Promise.all(
      parts.map(async (part, slot) => {
        await new Promise(resolve => setTimeout(resolve, (slot * round) % 5))
        for (let i = 0; i < pauses(slot); i++) await new Promise(resolve => setImmediate(resolve))
        await part.leave()
      }),
    )
    expect(existsSync(folder)).toBe(false)
  }
}, 60_000)

it('a slot that comes while the last one leaves has a database of its own', async () => {
  for (let round = 0; round < 10; round++) {
    const before = store.part(2 * round)
    await write(before, 1)
    const leaving = before.leave()
    const after = store.part(2 * round + 1)
    await write(after, 2)
    await leaving
    expect(await read(after)).toBe(2)
    const left = after.leave()
    await left
  }
  expect(existsSync(folder)).toBe(false)
})

it('a slot that stays keeps what it wrote when others leave', async () => {
  const [stays, leaves] = [store.part(1), store.part(2)]
  await Promise.all([write(stays, 1), write(leaves, 2)])
  await leaves.leave()
  expect(await read(stays)).toBe(1)
  await stays.leave()
})
