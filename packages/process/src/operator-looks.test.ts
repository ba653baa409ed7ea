import { expect, it } from 'vitest'
import { OperatorLooks } from './operator-looks.ts'

it('nobody is the busiest before an operator was seen', () => {
  const looks = new OperatorLooks()
  looks.look(0)
  expect(looks.busiestLately).toBe(0)
})

it('the operator that was seen most is the busiest, whoever runs at the moment', () => {
  const looks = new OperatorLooks()
  for (const probeId of [3, 5, 5, 0, 5, 3]) looks.look(probeId)
  expect(looks.busiestLately).toBe(5)
})

it('what was long ago counts less than what is now', () => {
  const looks = new OperatorLooks()
  for (let i = 0; i < 10_000; i++) looks.look(3)
  for (let i = 0; i < 50; i++) looks.look(5)
  expect(looks.busiestLately).toBe(5)
})

it('each operator was seen in as many looks as it ran in, however long ago', () => {
  const looks = new OperatorLooks()
  for (const probeId of [1, 3, 3, 0, 0, 3]) looks.look(probeId)
  for (let i = 0; i < 10_000; i++) looks.look(0)
  expect([0, 1, 2, 3].map(probeId => looks.seen(probeId))).toEqual([0, 1, 0, 3])
})
