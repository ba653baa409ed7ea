import { expect, it } from 'vitest'
import { LatelyBusiest } from './lately-busiest.ts'

it('nobody is the busiest before an operator was seen', () => {
  const lately = new LatelyBusiest()
  lately.look(0)
  expect(lately.probeId).toBe(0)
})

it('the operator that was seen most is the busiest, whoever runs at the moment', () => {
  const lately = new LatelyBusiest()
  for (const probeId of [3, 5, 5, 0, 5, 3]) lately.look(probeId)
  expect(lately.probeId).toBe(5)
})

it('what was long ago counts less than what is now', () => {
  const lately = new LatelyBusiest()
  for (let i = 0; i < 10_000; i++) lately.look(3)
  for (let i = 0; i < 50; i++) lately.look(5)
  expect(lately.probeId).toBe(5)
})
