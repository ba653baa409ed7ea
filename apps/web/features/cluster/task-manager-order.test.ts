import { expect, test } from 'vitest'
import { byId, slotsOf } from './task-manager-order.ts'

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
