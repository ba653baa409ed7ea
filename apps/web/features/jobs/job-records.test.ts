import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { expect, test } from 'vitest'
import { recordsOrder, recordsText } from './job-records.ts'

const job = (status: JobRowDoc['status'], perSecond: number | null, count: number | null) =>
  ({
    status,
    recordsIn: count,
    recordsOut: count,
    recordsInPerSecond: perSecond,
    recordsOutPerSecond: perSecond,
  }) as const

test('a job that runs shows its rate, one that is over what it has done', () => {
  expect(recordsText(job('RUNNING', 18_400, 200_000), 'in')).toBe('18.4 k/s')
  expect(recordsText(job('FINISHED', null, 1_707), 'in')).toBe('1,707')
  expect(recordsText(job('CANCELED', null, 1_240_000), 'out')).toBe('1.24 M')
  expect(recordsText(job('FAILED', null, null), 'out')).toBe('—')
})

test('those that run stand above those that are over, each by what is shown', () => {
  const jobs = [job('FINISHED', null, 5), job('RUNNING', 0, 9), job('FAILED', null, 900), job('RUNNING', 7, 1)]
  const order = jobs.map(each => recordsOrder(each, 'in')!)
  expect([...jobs].sort((a, b) => recordsOrder(b, 'in')! - recordsOrder(a, 'in')!)).toEqual([
    jobs[3],
    jobs[1],
    jobs[2],
    jobs[0],
  ])
  expect(order.every(Number.isFinite)).toBe(true)
})
