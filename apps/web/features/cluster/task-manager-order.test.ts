import { expect, test } from 'vitest'
import { byId, lossWords, slotsOf } from './task-manager-order.ts'

test('TaskManagers stand in the order in which people count', () => {
  expect([{ id: 'tm-10' }, { id: 'tm-2' }, { id: 'tm-1' }].sort(byId).map(({ id }) => id)).toEqual([
    'tm-1',
    'tm-2',
    'tm-10',
  ])
})

test('slots stand in the order of their index, free ones with null', () => {
  expect(slotsOf({ slots: { 10: 'job_b', 2: null, 0: 'job_a' } })).toEqual([
    [0, 'job_a'],
    [2, null],
    [10, 'job_b'],
  ])
})

test('a TaskManager that is back says when it was away', () => {
  const at = (hour: number, minute: number, second = 0) => new Date(2026, 10, 21, hour, minute, second).getTime()
  const loss = { lostAt: at(12, 3), backAt: at(12, 4, 30) }
  expect(lossWords({ losses: [] })).toBe(null)
  expect(lossWords({ losses: [loss] })).toBe('was lost 12:03–12:04')
  expect(lossWords({ losses: [loss, { lostAt: at(13, 0, 5), backAt: at(13, 0, 9) }] })).toBe(
    'was lost 2 times, last 13:00:05–13:00:09',
  )
})
