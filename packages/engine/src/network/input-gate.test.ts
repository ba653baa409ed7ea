import { describe, expect, it } from 'vitest'
import { DEFAULT_CHANNEL_SETTINGS } from './channel.ts'
import { InputGate } from './input-gate.ts'
import { LocalChannel } from './local-channel.ts'
import { RecordBatch } from './record-batch.ts'
import { batchOf } from './testing/two-slots.ts'

function gateWith(count: number): { gate: InputGate; channels: LocalChannel[] } {
  const gate = new InputGate(1, 2, 0)
  const channels = Array.from({ length: count }, () => {
    const channel = new LocalChannel({ ...DEFAULT_CHANNEL_SETTINGS, channelBuffers: 10_000 })
    const { index, listener } = gate.reserve()
    gate.attach(index, channel)
    channel.listen(listener)
    return channel
  })
  return { gate, channels }
}

it('a gate takes its channels in turn, so that a busy one does not starve the others', () => {
  const { gate, channels } = gateWith(2)
  for (let i = 0; i < 4; i++) channels[0].send(batchOf(`busy ${i}`), undefined)
  channels[1].send(batchOf('quiet'), undefined)
  const order = Array.from({ length: 5 }, () => {
    const batch = gate.poll() as RecordBatch
    return `${batch.values[0]} from ${gate.lastChannel}`
  })
  expect(order).toEqual(['busy 0 from 0', 'quiet from 1', 'busy 1 from 0', 'busy 2 from 0', 'busy 3 from 0'])
  expect(gate.poll()).toBeUndefined()
  expect(gate.hasElement).toBe(false)
})

it('a gate remembers what is ready over thousands of elements', () => {
  const { gate, channels } = gateWith(3)
  let got = 0
  for (let i = 0; i < 5_000; i++) {
    channels[i % 3].send(new RecordBatch(), { type: 'watermark', watermark: i })
    if (i % 2 === 1) continue
    expect(gate.poll()).toBeDefined()
    got++
    channels[(i + 1) % 3].send(batchOf(i), undefined)
  }
  while (gate.poll() !== undefined) got++
  expect(got).toBe(7_500)
})

it('no channel takes all that floats', () => {
  const gate = new InputGate(0, 1, 8)
  const channel = { backlog: 100, creditOutstanding: 0, buffersHeld: 1 } as Parameters<InputGate['more']>[0]
  expect(gate.more(channel)).toBe(4)
  expect(gate.more(channel)).toBe(2)
  expect(gate.more(channel)).toBe(1)
  expect(gate.more(channel)).toBe(1)
  expect(gate.more(channel)).toBe(0)
})

describe('a buffer beyond those of its own', () => {
  const channel = { backlog: 0, creditOutstanding: 4, buffersHeld: 10, framesWaiting: 0, framesUnhindered: 0 }
  const hungry = { ...channel, backlog: 100, creditOutstanding: 0, buffersHeld: 2, framesSinceLull: 0 }

  it('goes soon when few float, and only after many frames without a wait while most do', () => {
    const gate = new InputGate(0, 2, 16)
    const keeps = (framesUnhindered: number): boolean => gate.keep({ ...channel, framesUnhindered, framesSinceLull: 0 })
    expect(keeps(64 * 10 - 1)).toBe(true)
    expect(keeps(64 * 10)).toBe(false)
    expect(gate.more(hungry) + gate.more(hungry)).toBe(13)
    expect(keeps(19)).toBe(true)
    expect(keeps(20)).toBe(false)
  })

  it('goes from a channel with many frames waiting, while most float only when they do for long', () => {
    const gate = new InputGate(0, 2, 16)
    const keeps = (framesWaiting: number, framesSinceLull: number): boolean =>
      gate.keep({ ...channel, framesWaiting, framesSinceLull })
    expect(keeps(15, 1_000)).toBe(true)
    expect(keeps(16, 255)).toBe(true)
    expect(keeps(16, 256)).toBe(false)
    expect(gate.more(hungry) + gate.more(hungry)).toBe(13)
    expect(keeps(15, 0)).toBe(true)
    expect(keeps(16, 0)).toBe(false)
  })
})
