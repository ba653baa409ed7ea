import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CreditTable, OutputBufferQuota } from './credit.ts'

describe('a credit table', () => {
  it('counts buffers and records of each channel apart', () => {
    const memory = CreditTable.allocate(3)
    const [sender, receiver] = [new CreditTable(memory), new CreditTable(memory)]
    receiver.give(1, 2, 100)
    sender.take(1, 1, 30)
    expect([0, 1, 2].map(channel => [sender.buffers(channel), sender.records(channel)])).toEqual([
      [0, 0],
      [1, 70],
      [0, 0],
    ])
  })

  it('keeps what is granted for another TaskManager until it is taken, once', () => {
    const table = new CreditTable(CreditTable.allocate(2))
    table.grant(1, 2, 10)
    table.grant(1, 1, 5)
    expect([table.buffers(1), table.records(1)]).toEqual([0, 0])
    expect([table.takeGrantedBuffers(1), table.takeGrantedRecords(1)]).toEqual([3, 15])
    expect([table.takeGrantedBuffers(1), table.takeGrantedRecords(1)]).toEqual([0, 0])
    expect(table.takeGrantedBuffers(0)).toBe(0)
  })

  it('loses nothing over any sequence of giving and taking', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 5 }), fc.nat({ max: 50 }), fc.boolean()))
    fc.assert(
      fc.property(steps, list => {
        const table = new CreditTable(CreditTable.allocate(4))
        const expected = Array.from({ length: 4 }, () => ({ buffers: 0, records: 0 }))
        for (const [channel, buffers, records, give] of list) {
          const one = expected[channel]
          if (give) table.give(channel, buffers, records)
          else table.take(channel, buffers, records)
          one.buffers += give ? buffers : -buffers
          one.records += give ? records : -records
        }
        for (const [channel, { buffers, records }] of expected.entries()) {
          expect(table.buffers(channel)).toBe(buffers)
          expect(table.records(channel)).toBe(records)
        }
      }),
    )
  })
})

it('an output quota counts the buffers that may still be filled', () => {
  const memory = OutputBufferQuota.allocate(2)
  const [slot, network] = [new OutputBufferQuota(memory), new OutputBufferQuota(memory)]
  slot.take()
  slot.take()
  expect(network.available).toBe(0)
  network.giveBack()
  expect(slot.available).toBe(1)
})
