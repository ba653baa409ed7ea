import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { BatchDecoder } from '../record/batch-codec.ts'
import { allocateBufferPool, BufferPool } from './buffer-pool.ts'
import { DEFAULT_CHANNEL_SETTINGS, recordsPerLentBuffer } from './channel.ts'
import { FRAME_FIRST, FRAME_LAST, type FrameDescriptor } from './descriptor-ring.ts'
import { FrameReceiver } from './frame-receiver.ts'
import { InputGate } from './input-gate.ts'
import { PayloadWriter } from './payload.ts'
import { RecordBatch, type StreamEvent } from './record-batch.ts'
import { batchOf, TwoSlots, writerFor } from './testing/two-slots.ts'

const NONE = Number.NEGATIVE_INFINITY

describe('frames between two slots', () => {
  it('carry a batch and the event behind it in one buffer', () => {
    const link = new TwoSlots(1, 8, {})
    link.senders[0].send(batchOf({ a: 1, b: 'x' }, { a: 2, b: 'y' }), { type: 'watermark', watermark: 3 }, 0)
    expect(link.buffersOut).toBe(1)
    link.arrive()
    expect(link.take()?.element).toEqual([
      [{ a: 1, b: 'x' }, NONE],
      [{ a: 2, b: 'y' }, NONE],
    ])
    expect(link.buffersOut).toBe(1)
    expect(link.take()?.element).toEqual({ type: 'watermark', watermark: 3 })
    expect(link.take()).toBeUndefined()
    expect(link.buffersOut).toBe(0)
    expect(link.credits.buffers(link.channels[0])).toBe(2)
    expect(link.credits.records(link.channels[0])).toBe(1024)
  })

  it('give records that do not change when the buffer is used again', () => {
    const link = new TwoSlots(1, 2, { channelBuffers: 1, bufferSize: 512 })
    const send = (fill: number): unknown => {
      link.senders[0].send(batchOf({ bytes: new Uint8Array(20).fill(fill), text: `t${fill}` }), undefined, 0)
      link.arrive()
      const batch = link.gate.poll() as RecordBatch
      return batch.values[0]
    }
    const first = send(1)
    send(2)
    send(3)
    expect(first).toEqual({ bytes: new Uint8Array(20).fill(1), text: 't1' })
  })

  it('send a payload larger than all credit piece by piece, and nothing else in between', () => {
    const link = new TwoSlots(1, 4, { channelBuffers: 1, bufferSize: 64 })
    const [sender] = link.senders
    const text = 'abcdefgh'.repeat(100)
    sender.send(batchOf({ text }), { type: 'idle' }, 0)
    let pieces = 1
    let element: unknown
    for (; element === undefined && pieces < 100; pieces++) {
      expect(sender.canSend(0)).toBe(false)
      expect(link.credits.buffers(link.channels[0])).toBe(0)
      link.arrive()
      element = link.take()?.element
      // There is credit again, but it is for the rest of the payload.
      if (element === undefined) expect(sender.canSend(0)).toBe(false)
      sender.flush()
    }
    expect(element).toEqual([[{ text }, NONE]])
    expect(pieces).toBeGreaterThan(800 / 64)
    expect(link.take()?.element).toEqual({ type: 'idle' })
    expect(sender.flush()).toBe(true)
    expect(sender.canSend(1)).toBe(true)
    expect(link.buffersOut).toBe(0)
  })

  it('say which record is too large, and split a batch whose records are not', () => {
    const link = new TwoSlots(1, 64, { maxRecordBytes: 300, bufferSize: 4096, channelBuffers: 4 })
    const [sender] = link.senders
    const rows = Array.from({ length: 9 }, (_, i) => ({ text: `${i}`.repeat(100) }))
    sender.send(batchOf(...rows), undefined, 0)
    link.arrive()
    const got: unknown[] = []
    for (let element = link.take(); element !== undefined; element = link.take())
      got.push(...(element.element as [unknown, number][]).map(([value]) => value))
    expect(got).toEqual(rows)
    const error = caught(() => sender.send(batchOf({ text: 'y'.repeat(400) }), undefined, 0))
    expect(error.code).toBe('RECORD_TOO_LARGE')
    expect(error.place.record).toMatch(/^\{"text": "y+"\}$/)
    expect(error.message).toMatch(/4\d\d bytes is larger than the 300 bytes/)
  })

  it('take many times the largest record in one payload', () => {
    const link = new TwoSlots(1, 8, { maxRecordBytes: 1024, bufferSize: 1024, channelBuffers: 1 })
    const rows = Array.from({ length: 100 }, (_, i) => ({ i, text: 'z'.repeat(500) }))
    const { writer } = writerFor(link.senders[0])
    for (const row of rows) writer.add(row, NONE)
    const got: unknown[] = []
    for (let i = 0; i < 1_000 && got.length < rows.length; i++) {
      writer.flush()
      link.arrive()
      for (let element = link.take(); element !== undefined; element = link.take())
        got.push(...(element.element as [unknown, number][]).map(([value]) => value))
    }
    expect(got).toEqual(rows)
  })

  it('float buffers to a channel with a backlog, and take them back when it is gone', () => {
    const link = new TwoSlots(2, 20, { channelBuffers: 2, bufferSize: 256 })
    const { writer } = writerFor(link.senders[0])
    // Far beyond the credit: the rest waits at the sender, which says so in each frame.
    for (let i = 0; i < 400; i++) writer.add({ i, text: 'some text that fills buffers' }, NONE)
    let mostOut = 0
    for (let round = 0; round < 500 && !(writer.flush() && link.buffersOut === 0); round++) {
      mostOut = Math.max(mostOut, link.buffersOut)
      link.arrive()
      if (round % 3 === 0) link.take()
    }
    expect(mostOut).toBeGreaterThan(2)
    expect(mostOut).toBeLessThanOrEqual(20)
    expect(link.buffersOut).toBe(0)
    const creditOf = (): number[] => link.channels.map(channel => link.credits.buffers(channel))
    // They stay with the sender while it sends nothing, and go one by one when it has had no need of them for long.
    expect(creditOf()[0]).toBeGreaterThan(2)
    expect(creditOf()[1]).toBe(2)
    for (let i = 0; i < 4000; i++) {
      writer.add({ i, text: 'a frame of its own' }, NONE)
      writer.flush()
      link.arrive()
      link.take()
    }
    expect(creditOf()).toEqual([2, 2])
  })

  it('lend a buffer to a sender that waits while the receiver has nothing to do, and none when it has enough', () => {
    // The sender always has something, and a frame is one record.
    const heldWith = (takes: number): number => {
      const link = new TwoSlots(1, 60, { channelBuffers: 2, maxBatchRecords: 1 })
      const { writer, owner } = writerFor(link.senders[0])
      for (let round = 0; round < 200; round++) {
        if (writer.drain()) while (owner.blocked === 0) writer.add(round, NONE)
        link.arrive()
        for (let i = 0; i < takes; i++) link.take()
      }
      return link.creditGiven + link.buffersOut
    }
    expect(heldWith(60)).toBeGreaterThan(12)
    expect(heldWith(60)).toBeLessThanOrEqual(34)
    // Here frames are what piles up, and more of them would only wait.
    expect(heldWith(1)).toBeLessThanOrEqual(18)
  })

  it('lend no more than an even share to a sender that then has nothing to send', () => {
    const link = new TwoSlots(4, 28, { channelBuffers: 2, maxBatchRecords: 1 })
    const writers = link.senders.map(sender => writerFor(sender).writer)
    for (let round = 0; round < 100; round++) {
      if (writers[0].drain()) while (link.senders[0].canSend(1)) writers[0].add(round, NONE)
      writers[0].add(round, NONE)
      link.arrive()
      while (link.take() !== undefined);
    }
    expect(link.credits.buffers(link.channels[0])).toBe(2 + (28 - 8) / 4)
  })

  it('keep order and credit whatever the turns, the sizes and the number of buffers', () => {
    const step = fc.oneof(
      fc.record({
        type: fc.constant('records' as const),
        channel: fc.nat({ max: 2 }),
        count: fc.integer({ min: 1, max: 40 }),
        size: fc.integer({ min: 0, max: 200 }),
      }),
      fc.record({ type: fc.constant('event' as const), channel: fc.nat({ max: 2 }) }),
      fc.record({ type: fc.constant('flush' as const), channel: fc.nat({ max: 2 }) }),
      fc.record({ type: fc.constant('take' as const), count: fc.integer({ min: 1, max: 10 }) }),
      fc.constant({ type: 'arrive' as const }),
    )
    const shape = fc.record({
      producers: fc.integer({ min: 1, max: 3 }),
      channelBuffers: fc.integer({ min: 1, max: 3 }),
      bufferSize: fc.constantFrom(16, 64, 512),
      recordCredit: fc.constantFrom(1, 7, 64),
      spare: fc.nat({ max: 6 }),
    })
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 80 }), ({ producers, spare, ...settings }, steps) => {
        const owned = producers * settings.channelBuffers
        const recordsMost =
          settings.recordCredit + spare * recordsPerLentBuffer({ ...DEFAULT_CHANNEL_SETTINGS, ...settings })
        const link = new TwoSlots(producers, owned + spare, settings)
        const writers = link.senders.map(sender => writerFor(sender))
        const sent: unknown[][] = writers.map(() => [])
        const got: unknown[][] = writers.map(() => [])
        const check = (): void => {
          // The consumer's slot may give no more than its share; the pool has more, which belongs to the other slots.
          expect(link.buffersOut + link.creditGiven).toBeLessThanOrEqual(owned + spare)
          for (const channel of link.channels) {
            expect(link.credits.buffers(channel)).toBeGreaterThanOrEqual(0)
            expect(link.credits.records(channel)).toBeGreaterThanOrEqual(0)
            expect(link.credits.records(channel)).toBeLessThanOrEqual(recordsMost)
          }
        }
        const take = (): boolean => {
          const taken = link.take()
          if (taken === undefined) return false
          if (Array.isArray(taken.element)) got[taken.channel].push(...taken.element.map(([value]) => value))
          else got[taken.channel].push(taken.element)
          check()
          return true
        }
        for (const one of steps) {
          switch (one.type) {
            case 'records': {
              const at = one.channel % producers
              for (let i = 0; i < one.count; i++) {
                const value = { n: sent[at].length, text: 'v'.repeat(one.size) }
                sent[at].push(value)
                writers[at].writer.add(value, NONE)
              }
              break
            }
            case 'event': {
              const at = one.channel % producers
              const event: StreamEvent = { type: 'watermark', watermark: sent[at].length }
              sent[at].push(event)
              writers[at].writer.event(event)
              break
            }
            case 'flush':
              writers[one.channel % producers].writer.flush()
              break
            case 'take':
              for (let i = 0; i < one.count && take(); i++);
              break
            case 'arrive':
              link.arrive()
          }
          check()
        }
        const isThrough = (): boolean => got.every((list, at) => list.length === sent[at].length)
        for (let round = 0; round < 50_000 && !isThrough(); round++) {
          for (const { writer } of writers) writer.flush()
          link.arrive()
          while (take());
        }
        expect(got).toEqual(sent)
        expect(link.buffersOut).toBe(0)
        for (const channel of link.channels) {
          expect(link.credits.buffers(channel)).toBeGreaterThanOrEqual(settings.channelBuffers)
          expect(link.credits.records(channel)).toBeGreaterThanOrEqual(settings.recordCredit)
        }
        for (const { owner } of writers) expect(owner).toMatchObject({ blocked: 0, overdraftBytes: 0 })
      }),
      { numRuns: 150 },
    )
  })

  it('never promise more buffers than there are, even to a sender that lies about its backlog', () => {
    const step = fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 50 }), fc.nat({ max: 2 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const link = new TwoSlots(2, 10, { channelBuffers: 2, bufferSize: 128 })
        for (const [at, backlog, takes] of steps) {
          const sender = link.senders[at]
          if (sender.canSend(1)) sender.send(batchOf(backlog), undefined, backlog)
          link.arrive()
          for (let i = 0; i < takes; i++) link.take()
          expect(link.buffersOut + link.creditGiven).toBeLessThanOrEqual(10)
        }
      }),
    )
  })
})

/** A receiver that is fed by hand. */
function receiver(maxPayloadBytes = 1_000) {
  const pool = new BufferPool(allocateBufferPool(8, 64))
  const gate = new InputGate(0, 2, 0)
  const given = { buffers: 0, records: 0 }
  const end = new FrameReceiver({
    channel: 5,
    pool,
    decoder: new BatchDecoder(),
    credit: {
      give: (buffers, records) => {
        given.buffers += buffers
        given.records += records
      },
    },
    floating: gate,
    listener: { onReady: () => undefined },
    buffersHeld: 2,
    recordsPerLent: 512,
    maxPayloadBytes,
  })
  let sequence = 0
  const frame = (bytes: Uint8Array, flags: number, change: Partial<FrameDescriptor> = {}): void => {
    const buffer = pool.acquire()
    pool.bytes.set(bytes, pool.offsetOf(buffer))
    end.onFrame({ channel: 5, buffer, length: bytes.length, flags, records: 0, sequence, backlog: 0, ...change })
    sequence++
  }
  return { end, frame, given, pool }
}

function caught(action: () => unknown): WeirError {
  try {
    action()
  } catch (error) {
    if (error instanceof WeirError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a receiver refuses', () => {
  const watermark = (() => {
    const writer = new PayloadWriter()
    writer.event({ type: 'watermark', watermark: 1 })
    return writer.bytes.slice(0, writer.length)
  })()
  const whole = FRAME_FIRST | FRAME_LAST

  it('a frame that is missing', () => {
    const { frame } = receiver()
    frame(watermark, whole)
    const error = caught(() => frame(watermark, whole, { sequence: 2 }))
    expect(error.code).toBe('PROTOCOL')
    expect(error.message).toContain('channel 5: frame 2 came where 1 was due')
  })

  it('an empty frame', () => {
    const { frame } = receiver()
    expect(caught(() => frame(new Uint8Array(0), whole)).code).toBe('PROTOCOL')
  })

  it.each([
    ['a payload that begins within another', [FRAME_FIRST, FRAME_FIRST]],
    ['a payload without a beginning', [0]],
    ['an end without a beginning', [FRAME_LAST]],
    ['a whole payload within another', [FRAME_FIRST, whole]],
  ])('%s', (_what, flags) => {
    const { frame, end } = receiver()
    for (const flag of flags) frame(watermark, flag)
    expect(caught(() => end.poll(new RecordBatch())).code).toBe('PROTOCOL')
  })

  it('a payload without end', () => {
    const { frame, end } = receiver(100)
    frame(new Uint8Array(64), FRAME_FIRST)
    frame(new Uint8Array(64), 0)
    const error = caught(() => end.poll(new RecordBatch()))
    expect(error.code).toBe('PROTOCOL')
    expect(error.message).toContain('more than 100 bytes')
  })

  it('nothing of a payload in pieces, and gives its buffers back before it is complete', () => {
    const { frame, end, given, pool } = receiver()
    frame(watermark.slice(0, 4), FRAME_FIRST, { records: 3 })
    expect(end.poll(new RecordBatch())).toBeUndefined()
    expect(given).toEqual({ buffers: 1, records: 3 })
    expect(pool.available()).toBe(8)
    frame(watermark.slice(4), FRAME_LAST)
    expect(end.poll(new RecordBatch())).toEqual({ type: 'watermark', watermark: 1 })
    expect(given).toEqual({ buffers: 2, records: 3 })
  })
})
