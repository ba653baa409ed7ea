import { expect, it } from 'vitest'
import { CollectedRings } from './collected-rings.ts'
import { Doorbell } from './doorbell.ts'

it('rings once for four things, and for a single one when all is settled', () => {
  const doorbell = new Doorbell(Doorbell.allocate())
  const rings = new CollectedRings(doorbell)
  rings.settle()
  expect(doorbell.rings).toBe(0)
  for (let i = 0; i < 3; i++) rings.note()
  expect(doorbell.rings).toBe(0)
  rings.note()
  expect(doorbell.rings).toBe(1)
  rings.settle()
  expect(doorbell.rings).toBe(1)
  rings.note()
  rings.settle()
  rings.settle()
  expect(doorbell.rings).toBe(2)
})
