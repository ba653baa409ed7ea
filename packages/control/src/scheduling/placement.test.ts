import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binPacking, type PlacementCandidate, placementOf, spread } from './placement.ts'

const taskManager = (id: string, free: number, total: number): PlacementCandidate => ({
  taskManagerId: id,
  free,
  total,
})

describe('binPacking', () => {
  it('takes the fullest TaskManager that can hold the whole job', () => {
    const candidates = [taskManager('a', 4, 4), taskManager('b', 2, 4), taskManager('c', 3, 4)]
    expect(binPacking(candidates, 2)).toEqual(['b', 'b'])
    expect(binPacking(candidates, 3)).toEqual(['c', 'c', 'c'])
  })

  it('uses as few TaskManagers as possible when one is not enough', () => {
    const candidates = [taskManager('a', 1, 4), taskManager('b', 4, 4), taskManager('c', 2, 4)]
    expect(binPacking(candidates, 6)).toEqual(['b', 'b', 'b', 'b', 'c', 'c'])
  })
})

describe('spread', () => {
  it('goes round the TaskManagers', () => {
    const candidates = [taskManager('a', 2, 2), taskManager('b', 2, 2), taskManager('c', 2, 2)]
    expect(spread(candidates, 4)).toEqual(['a', 'b', 'c', 'a'])
  })

  it('prefers the TaskManager with the smallest share in use', () => {
    expect(spread([taskManager('a', 1, 4), taskManager('b', 3, 4)], 3)).toEqual(['b', 'b', 'a'])
  })
})

describe('every placement', () => {
  for (const name of ['bin-packing', 'spread'] as const) {
    it(`${name} never takes more than is free, and refuses exactly when there is too little`, () => {
      const candidate = fc.record({ free: fc.nat(4), used: fc.nat(4) })
      fc.assert(
        fc.property(fc.array(candidate, { maxLength: 6 }), fc.integer({ min: 1, max: 16 }), (drawn, count) => {
          const candidates = drawn
            .filter(({ free, used }) => free + used > 0)
            .map(({ free, used }, i) => taskManager(`tm-${i}`, free, free + used))
          const placed = placementOf(name)(candidates, count)
          const free = candidates.reduce((sum, c) => sum + c.free, 0)
          if (placed === null) {
            expect(free).toBeLessThan(count)
            return
          }
          expect(placed).toHaveLength(count)
          for (const { taskManagerId, free: room } of candidates) {
            expect(placed.filter(id => id === taskManagerId).length).toBeLessThanOrEqual(room)
          }
        }),
      )
    })
  }
})
