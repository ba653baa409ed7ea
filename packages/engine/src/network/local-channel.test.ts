import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CHANNEL_SETTINGS } from './channel.ts'
import { InputGate } from './input-gate.ts'
import { LocalChannel } from './local-channel.ts'
import { RecordBatch, type StreamEvent } from './record-batch.ts'
import { batchOf, plain, writerFor } from './testing/two-slots.ts'

const settings = { ...DEFAULT_CHANNEL_SETTINGS, channelBuffers: 2, recordCredit: 10 }

function joined(channel: LocalChannel): InputGate {
  const gate = new InputGate(0, settings.channelBuffers, 0)
  const { index, listener } = gate.reserve()
  gate.attach(index, channel)
  channel.listen(listener)
  return gate
}

describe('a channel within a thread', () => {
  it('hands batches over by reference, the event behind its batch', () => {
    const channel = new LocalChannel(settings)
    const gate = joined(channel)
    const record = { a: 1 }
    channel.send(batchOf(record), { type: 'watermark', watermark: 7 })
    const batch = gate.poll()
    expect(batch).toBeInstanceOf(RecordBatch)
    expect((batch as RecordBatch).values[0]).toBe(record)
    expect(gate.poll()).toEqual({ type: 'watermark', watermark: 7 })
    expect(gate.poll()).toBeUndefined()
  })

  it('has credit for as many batches as it owns buffers, and for as many records as may be under way', () => {
    const channel = new LocalChannel(settings)
    const gate = joined(channel)
    channel.send(batchOf(1, 2, 3), undefined)
    expect(channel.canSend(7)).toBe(true)
    expect(channel.canSend(8)).toBe(false)
    channel.send(batchOf(4), undefined)
    expect(channel.canSend(1)).toBe(false)
    expect(channel.canSend(0)).toBe(false)
    gate.poll()
    expect(channel.canSend(1)).toBe(true)
  })

  it('does not let events pile up before a receiver that stands still', () => {
    const channel = new LocalChannel(settings)
    const gate = joined(channel)
    let sent = 0
    while (sent < 1_000 && channel.canSend(0)) {
      channel.send(new RecordBatch(), { type: 'watermark', watermark: sent })
      sent++
    }
    expect(sent).toBeLessThan(100)
    gate.poll()
    expect(channel.canSend(0)).toBe(true)
  })

  it('announces what was sent before anybody listened', () => {
    const channel = new LocalChannel(settings)
    channel.send(batchOf('early'), undefined)
    expect(plain(joined(channel).poll() as RecordBatch)).toEqual([['early', Number.NEGATIVE_INFINITY]])
  })

  it('takes a batch back only when the next element is asked for, and forgets its records then', () => {
    const channel = new LocalChannel(settings)
    const gate = joined(channel)
    channel.send(batchOf('a'), undefined)
    channel.send(batchOf('b'), undefined)
    const first = gate.poll() as RecordBatch
    expect(plain(first)).toEqual([['a', Number.NEGATIVE_INFINITY]])
    gate.poll()
    expect(first.count).toBe(0)
    expect(first.values).toHaveLength(0)
  })

  it('makes batches smaller for larger records', () => {
    const channel = new LocalChannel({ ...settings, recordCredit: 1024 })
    joined(channel)
    channel.send(batchOf('x'), undefined)
    const small = channel.batchLimit
    channel.send(batchOf('x'.repeat(10_000)), undefined)
    expect(channel.batchLimit).toBeLessThan(small)
    expect(channel.batchLimit).toBeGreaterThanOrEqual(1)
  })

  it('keeps order whatever the turns of writer and reader', () => {
    const steps = fc.array(
      fc.oneof(
        fc.integer({ min: 1, max: 30 }).map(records => ({ records })),
        fc.constant('event' as const),
        fc.constant('read' as const),
        fc.constant('flush' as const),
      ),
      { maxLength: 120 },
    )
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 }), (list, buffers, credit) => {
        const channel = new LocalChannel({ ...settings, channelBuffers: buffers, recordCredit: credit })
        const gate = joined(channel)
        const { writer, owner } = writerFor(channel)
        const sent: unknown[] = []
        const got: unknown[] = []
        const read = (): boolean => {
          const element = gate.poll()
          if (element === undefined) return false
          if (element instanceof RecordBatch) got.push(...element.values.slice(0, element.count))
          else got.push(element)
          return true
        }
        for (const step of list) {
          if (step === 'read') read()
          else if (step === 'flush') writer.flush()
          else if (step === 'event') {
            const event: StreamEvent = { type: 'watermark', watermark: sent.length }
            sent.push(event)
            writer.event(event)
          } else {
            for (let i = 0; i < step.records; i++) {
              sent.push(sent.length)
              writer.add(sent.length - 1, 0)
            }
          }
        }
        for (let i = 0; i < 10_000 && got.length < sent.length; i++) {
          writer.flush()
          while (read());
        }
        expect(got).toEqual(sent)
        expect(owner).toMatchObject({ blocked: 0, overdraftBytes: 0 })
      }),
    )
  })
})
