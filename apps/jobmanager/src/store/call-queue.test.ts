import { expect, test } from 'vitest'
import { CallQueue } from './call-queue.ts'

/** A call that ends when it is told to. */
function heldCall(log: string[], name: string) {
  const gate = Promise.withResolvers<void>()
  const call = async () => {
    log.push(`${name} starts`)
    await gate.promise
    log.push(`${name} ends`)
    return name
  }
  return { call, end: gate.resolve, fail: gate.reject }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test('calls run one after the other in their order, urgent ones before those that wait', async () => {
  const queue = new CallQueue(1, 10)
  const log: string[] = []
  const [a, b, c, d] = [heldCall(log, 'a'), heldCall(log, 'b'), heldCall(log, 'c'), heldCall(log, 'd')]
  const results = [queue.run(a.call), queue.run(b.call), queue.run(c.call), queue.run(d.call, true)]
  for (const held of [a, d, b, c]) {
    held.end()
    await settled()
  }
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd'])
  expect(log.filter(line => line.endsWith('starts'))).toEqual(['a starts', 'd starts', 'b starts', 'c starts'])
  expect(log.filter((_, i) => i % 2 === 1)).toEqual(['a ends', 'd ends', 'b ends', 'c ends'])
})

test('as many run at once as may, and no more', async () => {
  const queue = new CallQueue(2, 10)
  const log: string[] = []
  const held = ['a', 'b', 'c'].map(name => heldCall(log, name))
  const results = held.map(({ call }) => queue.run(call))
  await settled()
  expect(log).toEqual(['a starts', 'b starts'])
  for (const { end } of held) end()
  await Promise.all(results)
  expect(log).toContain('c starts')
})

test('a call that fails rejects, and the next one runs', async () => {
  const queue = new CallQueue(1, 10)
  const log: string[] = []
  const [a, b] = [heldCall(log, 'a'), heldCall(log, 'b')]
  const first = queue.run(a.call)
  const second = queue.run(b.call)
  a.fail(new Error('no'))
  b.end()
  await expect(first).rejects.toThrow('no')
  expect(await second).toBe('b')
})

test('when too many wait the next one is refused at once', async () => {
  const queue = new CallQueue(1, 2)
  const held = ['a', 'b', 'c'].map(name => heldCall([], name))
  const results = held.map(({ call }) => queue.run(call))
  await expect(queue.run(async () => 'd')).rejects.toThrow('2 calls wait for the metadata database already')
  for (const { end } of held) end()
  await Promise.all(results)
  expect(await queue.run(async () => 'd')).toBe('d')
})

test('idle waits for those that run and those that wait', async () => {
  const queue = new CallQueue(1, 10)
  const log: string[] = []
  await queue.idle()
  const [a, b] = [heldCall(log, 'a'), heldCall(log, 'b')]
  void queue.run(a.call)
  void queue.run(b.call)
  const idle = queue.idle().then(() => log.push('idle'))
  a.end()
  await settled()
  expect(log).not.toContain('idle')
  b.end()
  await idle
  expect(log.at(-1)).toBe('idle')
})
