import { expect, test } from 'vitest'
import { MemoryWatchdog, type WatchedMemory } from './memory-watchdog.ts'

const MB = 1024 * 1024

function world(used: readonly number[]) {
  const deeds: string[] = []
  const memory = { rss: 0 }
  const slots = used.map(
    (mb, index): WatchedMemory => ({
      shareBytes: 100 * MB,
      memoryBytes: async () => {
        if (mb < 0) throw new Error('ended')
        return mb * MB
      },
      shrink: () => deeds.push(`shrink ${index}`),
      exhausted: bytes => deeds.push(`fail ${index} at ${bytes / MB}`),
    }),
  )
  const watchdog = new MemoryWatchdog({
    limitBytes: 1000 * MB,
    rssBytes: () => memory.rss * MB,
    slots: () => slots,
    warn: message => deeds.push(message),
  })
  const look = async (atMs: number, rss: number): Promise<string[]> => {
    memory.rss = rss
    deeds.length = 0
    await watchdog.check(atMs)
    return [...deeds]
  }
  return look
}

test('below the budget nothing happens, near to it slots send state to disk, once', async () => {
  const look = world([300, 50])
  expect(await look(0, 940)).toEqual([])
  expect(await look(1000, 960)).toEqual(['shrink 0', 'shrink 1'])
  expect(await look(2000, 960)).toEqual([])
  expect(await look(3000, 900)).toEqual([])
  expect(await look(4000, 960)).toEqual(['shrink 0', 'shrink 1'])
})

test('the slot that is furthest above its share fails when that does not help', async () => {
  const look = world([120, 250, -1, 90])
  expect(await look(0, 1200)).toHaveLength(4)
  expect(await look(4999, 1200)).toEqual([])
  expect(await look(5000, 1200)).toEqual(['fail 1 at 250'])
})

test('nobody fails who keeps to its share: the log says so, once a minute', async () => {
  const look = world([99, 10])
  await look(0, 1200)
  expect(await look(5000, 1200)).toEqual([expect.stringContaining('no slot is above its share')])
  await look(6000, 1200)
  expect(await look(11_000, 1200)).toEqual([])
})

test('nobody fails for a little, or for what went away in time', async () => {
  const look = world([500])
  await look(0, 1050)
  expect(await look(5000, 1050)).toEqual([])
  await look(6000, 1300)
  expect(await look(8000, 900)).toEqual([])
  expect(await look(12_000, 1300)).toEqual(['shrink 0'])
})
