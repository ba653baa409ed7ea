import { mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { canonicalKey } from '@weir/engine/record/canonical-key'
import { statePrefix } from '@weir/engine/state/nested-tables'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { readEntries, SpillKeys, SpillValues, SpillWriter, scanRequest } from '@weir/engine/state/spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { StateTable } from '@weir/engine/state/state-table'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StateHost } from './state-host.ts'

let folder: string
let host: StateHost
const crashes: Error[] = []

function start(cacheBytes = 0): StateHost {
  return new StateHost({
    folder: join(folder, 'state'),
    writeBufferBytes: 1 << 20,
    writeBuffersMax: 3,
    cacheBytes,
    onCrash: error => crashes.push(error),
  })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-state-host-'))
  crashes.length = 0
  host = start()
})

afterEach(async () => {
  await host.stop()
  await rm(folder, { recursive: true, force: true })
  expect(crashes).toEqual([])
})

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const NO_PREFIX = bytes()

function get(store: SharedSpillStore, ...keys: Uint8Array[]): (number[] | undefined)[] {
  const request = new SpillKeys()
  for (const key of keys) request.add(NO_PREFIX, key, key.length)
  const values = new SpillValues(store.get(request.request))
  return keys.map(() => {
    const value = values.next()
    return value === undefined ? undefined : [...value]
  })
}

function write(store: SharedSpillStore, fill: (writer: SpillWriter) => void): void {
  const writer = new SpillWriter()
  fill(writer)
  store.write(writer.request)
}

describe('a slot and the state host', () => {
  it('writes, gets, deletes, scans and drops what begins alike, in order', () => {
    const store = new SharedSpillStore(host.lease().memory)
    write(store, writer => {
      for (let i = 0; i < 10; i++) writer.put(bytes(1), bytes(i), 1, bytes(i, i))
      writer.put(bytes(2), bytes(0xff, 0xff), 2, bytes())
      writer.put(bytes(1, 9), bytes(7), 1, bytes(7))
      writer.delete(bytes(1), bytes(3), 1)
    })
    expect(get(store, bytes(1, 0), bytes(1, 3), bytes(2, 0xff, 0xff), bytes(5))).toEqual([
      [0, 0],
      undefined,
      [],
      undefined,
    ])
    const scanned = readEntries(store.scan(scanRequest(bytes(1), bytes(1, 1), 3)))
    expect(scanned.map(({ key, value }) => [...key, ...value])).toEqual([
      [1, 2, 2, 2],
      [1, 4, 4, 4],
      [1, 5, 5, 5],
    ])
    write(store, writer => writer.deletePrefix(bytes(1)))
    expect(readEntries(store.scan(scanRequest(NO_PREFIX, null, 100))).map(({ key }) => [...key])).toEqual([
      [2, 0xff, 0xff],
    ])
  })

  it('carries requests and answers that are larger than the memory between them', () => {
    const store = new SharedSpillStore(host.lease().memory)
    const large = new Uint8Array(5_000_000).map((_, i) => i % 251)
    for (const name of [1, 2, 3]) write(store, writer => writer.put(bytes(name), bytes(), 0, large))
    const request = new SpillKeys()
    for (const name of [3, 9, 1]) request.add(bytes(name), bytes(), 0)
    const values = new SpillValues(store.get(request.request))
    expect(Buffer.compare(values.next() as Uint8Array, large)).toBe(0)
    expect(values.next()).toBeUndefined()
    expect(Buffer.compare(values.next() as Uint8Array, large)).toBe(0)
  })

  it('keeps the slots apart, and throws away what one wrote when it ends', async () => {
    const leases = [host.lease(), host.lease()]
    const stores = leases.map(({ memory }) => new SharedSpillStore(memory))
    for (const [i, store] of stores.entries()) write(store, writer => writer.put(NO_PREFIX, bytes(1), 1, bytes(i)))
    expect(stores.map(store => get(store, bytes(1)))).toEqual([[[0]], [[1]]])
    await leases[0].release()
    expect(get(stores[1], bytes(1))).toEqual([[1]])
    expect(() => get(stores[0], bytes(1))).toThrow('was closed')
    await leases[1].release()
    // With the last one its files go.
    expect(readdirSync(folder)).toEqual([])
    expect(get(new SharedSpillStore(host.lease().memory), bytes(1))).toEqual([undefined])
  })

  it('answers from its cache what the database would', async () => {
    await host.stop()
    host = start(20_000)
    const store = new SharedSpillStore(host.lease().memory)
    const model = new Map<number, number>()
    for (let round = 0; round < 40; round++) {
      write(store, writer => {
        for (let i = 0; i < 50; i++) {
          const key = (round * 37 + i * 11) % 400
          if (i % 7 === 0) {
            writer.delete(bytes(1), bytes(key >> 8, key & 255), 2)
            model.delete(key)
          } else {
            writer.put(bytes(1), bytes(key >> 8, key & 255), 2, bytes(round))
            model.set(key, round)
          }
        }
      })
      for (let key = round % 3; key < 400; key += 3) {
        expect(get(store, bytes(1, key >> 8, key & 255))).toEqual([model.has(key) ? [model.get(key)] : undefined])
      }
    }
    write(store, writer => writer.deletePrefix(bytes(1)))
    expect(get(store, bytes(1, 0, 5))).toEqual([undefined])
  })
})

it('a table that is many times larger than its room reads every key back', () => {
  const room = new StateRoom(200_000, new SharedSpillStore(host.lease().memory))
  const table = new StateTable<{ n: number }>(room.share('test'), { prefix: statePrefix(room.nextTable()) })
  const keys = 20_000
  for (let round = 1; round <= 2; round++) {
    for (let i = 0; i < keys; i++) {
      const key = `customer ${(i * 7919) % keys}`
      const row = table.get(canonicalKey(key))
      if (row === undefined) table.insert(canonicalKey(key), key, { n: 1 })
      else {
        row.value.n++
        table.touch(row)
      }
    }
  }
  expect(table.size).toBe(keys)
  expect(room.usedBytes).toBeLessThan(300_000)
  expect(room.counters.diskReads).toBeGreaterThan(keys / 2)
  let seen = 0
  for (const { key, value } of table.rows()) {
    expect([key, value.n]).toEqual([key, 2])
    seen++
  }
  expect(seen).toBe(keys)
})

/** Reads and writes without end. */
const BUSY_SLOT = `
  const { workerData, parentPort } = require('node:worker_threads')
  ;(async () => {
    const { SharedSpillStore } = await import(workerData.client)
    const { SpillKeys, SpillWriter } = await import(workerData.store)
    const store = new SharedSpillStore(workerData.memory)
    parentPort.postMessage('running')
    const empty = new Uint8Array(0)
    for (let n = 0; ; n++) {
      const writer = new SpillWriter()
      const keys = new SpillKeys()
      for (let i = 0; i < 64; i++) {
        const key = Uint8Array.of(n & 255, i)
        writer.put(empty, key, 2, new Uint8Array(100))
        keys.add(empty, key, 2)
      }
      store.write(writer.request)
      store.get(keys.request)
    }
  })()`

it('180 slots terminated with reads under way leave the process alive, and nothing behind', async () => {
  const engine = (file: string): string => new URL(`../../engine/src/state/${file}.ts`, import.meta.url).href
  for (let round = 0; round < 18; round++) {
    const slots = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const lease = host.lease()
        const workerData = { memory: lease.memory, client: engine('shared-spill-store'), store: engine('spill-store') }
        const worker = new Worker(BUSY_SLOT, { eval: true, workerData, execArgv: [] })
        await new Promise((resolve, reject) => {
          worker.once('message', resolve)
          worker.once('error', reject)
        })
        return { lease, worker }
      }),
    )
    await new Promise(resolve => setTimeout(resolve, round % 5))
    await Promise.all(
      slots.map(async ({ lease, worker }) => {
        await worker.terminate()
        await lease.release()
      }),
    )
  }
  const store = new SharedSpillStore(host.lease().memory)
  expect(get(store, bytes(0, 0))).toEqual([undefined])
}, 60_000)
