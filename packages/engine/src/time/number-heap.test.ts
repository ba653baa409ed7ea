import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberHeap } from './number-heap.ts'

const anyNumber = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(Infinity, -Infinity, 0.5))

test('pushes and pops in any mix give what a sorted list gives', () => {
  fc.assert(
    fc.property(fc.array(fc.option(anyNumber)), steps => {
      const heap = new NumberHeap()
      const list: number[] = []
      for (const step of steps) {
        if (step === null) expect(heap.pop()).toBe(list.shift())
        else {
          heap.push(step)
          list.push(step)
          list.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        }
        expect(heap.size).toBe(list.length)
        expect(heap.peek()).toBe(list[0] ?? Infinity)
      }
    }),
  )
})
