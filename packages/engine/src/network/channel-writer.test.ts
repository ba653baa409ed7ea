import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WeirError } from '../base/errors.ts'
import type { ChannelSender } from './channel.ts'
import { ChannelWriter } from './channel-writer.ts'
import { RecordBatch, type StreamEvent } from './record-batch.ts'
import { ForwardWriter } from './record-writer.ts'
import { SubtaskOutputs } from './subtask-outputs.ts'
import { writerFor } from './testing/two-slots.ts'

/** A sender whose credit the test gives out, batch by batch. */
class ManualSender implements ChannelSender {
  readonly transport = 'local'
  batchLimit = 4
  credit = 0
  /** Of a payload that was sent, so many pieces are kept until `flush` finds credit. */
  piecesKept = 0
  readonly sent: unknown[] = []
  readonly backlogs: number[] = []

  canSend(): boolean {
    return this.credit > 0 && this.piecesKept === 0
  }

  send(batch: RecordBatch, event: StreamEvent | undefined, backlog: number): RecordBatch {
    if (!this.canSend()) throw new Error('sent without credit')
    this.credit--
    this.backlogs.push(backlog)
    this.sent.push(...batch.values.slice(0, batch.count))
    if (event !== undefined) this.sent.push(event)
    return new RecordBatch()
  }

  flush(): boolean {
    while (this.piecesKept > 0 && this.credit > 0) {
      this.piecesKept--
      this.credit--
    }
    return this.piecesKept === 0
  }
}

const watermark = (at: number): StreamEvent => ({ type: 'watermark', watermark: at })

describe('a channel writer', () => {
  it('sends a batch when it is full, and what is there when it is flushed', () => {
    const sender = new ManualSender()
    sender.credit = 9
    const { writer } = writerFor(sender)
    for (let i = 0; i < 5; i++) writer.add(i, 0)
    expect(sender.sent).toEqual([0, 1, 2, 3])
    expect(writer.recordsSent).toBe(4)
    expect(writer.flush()).toBe(true)
    expect(sender.sent).toEqual([0, 1, 2, 3, 4])
  })

  it('sends an event at once, behind the records before it', () => {
    const sender = new ManualSender()
    sender.credit = 9
    const { writer } = writerFor(sender)
    writer.add('a', 0)
    writer.event(watermark(1))
    expect(sender.sent).toEqual(['a', watermark(1)])
    expect(sender.credit).toBe(8)
  })

  it('keeps a batch that is not full while there is no credit, without holding anybody up', () => {
    const sender = new ManualSender()
    const { writer, owner } = writerFor(sender)
    writer.add('a', 0)
    expect(writer.flush()).toBe(true)
    expect(owner.blocked).toBe(0)
    sender.credit = 1
    expect(writer.flush()).toBe(true)
    expect(sender.sent).toEqual(['a'])
  })

  it('keeps what is beyond its credit, in order with events, and says when it is through', () => {
    const sender = new ManualSender()
    sender.credit = 1
    const { writer, owner } = writerFor(sender)
    for (let i = 0; i < 6; i++) writer.add(i, 0)
    writer.event(watermark(5))
    for (let i = 6; i < 12; i++) writer.add(i, 0)
    writer.event({ type: 'end' })
    expect(sender.sent).toEqual([0, 1, 2, 3])
    expect(owner.blocked).toBe(1)
    expect(owner.overdraftBytes).toBeGreaterThan(0)
    expect(writer.drain()).toBe(false)
    sender.credit = 2
    expect(writer.drain()).toBe(false)
    expect(sender.sent).toEqual([0, 1, 2, 3, 4, 5, watermark(5)])
    expect(owner.blocked).toBe(1)
    sender.credit = 100
    expect(writer.drain()).toBe(true)
    expect(sender.sent).toEqual([0, 1, 2, 3, 4, 5, watermark(5), 6, 7, 8, 9, 10, 11, { type: 'end' }])
    expect(owner).toMatchObject({ blocked: 0, overdraftBytes: 0 })
    expect(writer.recordsSent).toBe(12)
  })

  it('tells the receiver with each batch how many have waited', () => {
    const sender = new ManualSender()
    const { writer } = writerFor(sender)
    for (let i = 0; i < 16; i++) writer.add(i, 0)
    sender.credit = 9
    writer.drain()
    expect(sender.backlogs).toEqual([4, 3, 2, 1])
  })

  it('is blocked while its sender keeps a part of a payload', () => {
    const sender = new ManualSender()
    sender.credit = 1
    const { writer, owner } = writerFor(sender)
    sender.send = function send(batch) {
      this.credit--
      this.sent.push(...batch.values.slice(0, batch.count))
      this.piecesKept = 3
      return new RecordBatch()
    }
    for (let i = 0; i < 4; i++) writer.add(i, 0)
    expect(owner.blocked).toBe(1)
    sender.credit = 2
    expect(writer.drain()).toBe(false)
    sender.credit = 1
    expect(writer.drain()).toBe(true)
    expect(owner.blocked).toBe(0)
  })

  it('makes batches of large records small before the sender has seen any', () => {
    const sender = new ManualSender()
    sender.batchLimit = 512
    sender.credit = 1
    const { writer } = writerFor(sender)
    writer.add('x'.repeat(2 * 1024 * 1024), 0)
    expect(sender.sent).toHaveLength(1)
  })

  it('counts the overdraft by the records in it', () => {
    const sender = new ManualSender()
    sender.batchLimit = 1
    const { writer, owner } = writerFor(sender)
    for (let i = 0; i < 10; i++) writer.add('x'.repeat(100_000), 0)
    expect(owner.overdraftBytes).toBeGreaterThan(1_000_000)
    expect(owner.overdraftBytes).toBeLessThan(3_000_000)
  })

  it('keeps order whatever is written and however credit comes', () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map(records => ({ records })),
      fc.constant('event' as const),
      fc.integer({ min: 0, max: 3 }).map(credit => ({ credit })),
      fc.constant('flush' as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), steps => {
        const sender = new ManualSender()
        const { writer, owner } = writerFor(sender)
        const written: unknown[] = []
        for (const one of steps) {
          if (one === 'flush') writer.flush()
          else if (one === 'event') {
            written.push(watermark(written.length))
            writer.event(watermark(written.length - 1))
          } else if ('credit' in one) {
            sender.credit += one.credit
            writer.drain()
          } else {
            for (let i = 0; i < one.records; i++) {
              written.push(written.length)
              writer.add(written.length - 1, 0)
            }
          }
          expect(sender.sent).toEqual(written.slice(0, sender.sent.length))
        }
        sender.credit = Number.POSITIVE_INFINITY
        expect(writer.flush()).toBe(true)
        expect(sender.sent).toEqual(written)
        expect(owner).toMatchObject({ blocked: 0, overdraftBytes: 0 })
      }),
    )
  })
})

function outputsOver(senders: readonly ManualSender[], maxOverdraftBytes = 10_000) {
  const changes: boolean[] = []
  const outputs = new SubtaskOutputs(maxOverdraftBytes, full => changes.push(full))
  const writers = senders.map((sender, i) => {
    const channel = new ChannelWriter(sender, outputs)
    const writer = new ForwardWriter(channel)
    outputs.addWriter(writer, [channel], `op ${i}`)
    return writer
  })
  return { outputs, writers, changes }
}

describe('the outputs of a subtask', () => {
  it('are full while any channel keeps something', () => {
    const senders = [new ManualSender(), new ManualSender()]
    const { outputs, writers, changes } = outputsOver(senders)
    for (let i = 0; i < 4; i++) for (const writer of writers) writer.emit(i, 0)
    expect(outputs.isFull).toBe(true)
    senders[0].credit = 5
    expect(outputs.drain()).toBe(false)
    senders[1].credit = 5
    expect(outputs.drain()).toBe(true)
    expect(outputs.isFull).toBe(false)
    expect(changes).toEqual([true, false])
    expect(outputs.sent()).toEqual({ local: 8, ring: 0, tcp: 0 })
  })

  it('fail with OVERDRAFT when one record makes too much, and remember the most there ever was', () => {
    const { outputs, writers } = outputsOver([new ManualSender()], 2_000)
    let error: unknown
    let emitted = 0
    try {
      for (; emitted < 1_000; emitted++) writers[0].emit({ text: 'y'.repeat(100) }, 0)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(WeirError)
    expect((error as WeirError).code).toBe('OVERDRAFT')
    expect((error as WeirError).message).toMatch(/about \d+ KB .* return the results as an iterable/)
    expect(emitted).toBeGreaterThan(10)
    expect(emitted).toBeLessThan(40)
    expect(outputs.overdraftBytesMax).toBeGreaterThan(2_000)
  })

  it('may fill and empty the overdraft again and again', () => {
    const sender = new ManualSender()
    const { outputs, writers } = outputsOver([sender], 2_000)
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 8; i++) writers[0].emit({ text: 'y'.repeat(100) }, 0)
      sender.credit = 10
      expect(outputs.drain()).toBe(true)
      sender.credit = 0
    }
    expect(sender.sent).toHaveLength(400)
    expect(outputs.overdraftBytesMax).toBeLessThanOrEqual(2_000)
  })

  it.each(['flush', 'drain', 'event'] as const)('name the operator whose record cannot be sent in %s', method => {
    const senders = [new ManualSender(), new ManualSender()]
    const { outputs, writers } = outputsOver(senders)
    senders[1].send = () => {
      throw new WeirError('RECORD_TYPE', 'field f is a function')
    }
    for (let i = 0; i < (method === 'drain' ? 4 : 1); i++) writers[1].emit(1, 0)
    senders[0].credit = 3
    senders[1].credit = 3
    const act = method === 'event' ? () => outputs.event({ type: 'idle' }) : () => outputs[method]()
    expect(act).toThrow(
      expect.objectContaining({
        code: 'RECORD_TYPE',
        message: "operator 'op 1': field f is a function",
        place: { operator: 'op 1' },
      }),
    )
  })
})
