import { expect, it } from 'vitest'
import { CollectedRings, THINGS_IN_PLENTY } from './collected-rings.ts'
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

it('rings for more at once while there is room for as many more, and at once when there no longer is', () => {
  const doorbell = new Doorbell(Doorbell.allocate())
  const rings = new CollectedRings(doorbell)
  for (let i = 1; i < THINGS_IN_PLENTY; i++) rings.note(THINGS_IN_PLENTY)
  expect(doorbell.rings).toBe(0)
  rings.note(THINGS_IN_PLENTY)
  expect(doorbell.rings).toBe(1)
  for (let i = 0; i < 5; i++) rings.note(THINGS_IN_PLENTY)
  rings.note(THINGS_IN_PLENTY - 1)
  expect(doorbell.rings).toBe(2)
})
