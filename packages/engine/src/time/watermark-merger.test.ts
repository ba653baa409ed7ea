import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { WatermarkMerger } from './watermark-merger.ts'

describe('the merged watermark', () => {
  test('is unknown until every input has given one, then their minimum', () => {
    const merger = new WatermarkMerger(2)
    expect(merger.advance(0, 10)).toBe(false)
    expect(merger.output()).toBe(MIN_WATERMARK)
    expect(merger.advance(1, 7)).toBe(true)
    expect(merger.output()).toBe(7)
    expect(merger.advance(1, 12)).toBe(true)
    expect(merger.output()).toBe(10)
  })

  test('does not wait for an idle input, and is held back by it no lower than before when it wakes up', () => {
    const merger = new WatermarkMerger(2)
    merger.advance(0, 10)
    merger.advance(1, 3)
    expect(merger.setIdle(1, true)).toBe(true)
    expect(merger.output()).toBe(10)
    merger.setIdle(1, false)
    merger.advance(1, 5)
    expect(merger.output()).toBe(10)
    merger.advance(0, 20)
    expect(merger.output()).toBe(10)
    merger.advance(1, 15)
    expect(merger.output()).toBe(15)
  })

  test('stands still and is idle when all inputs are idle', () => {
    const merger = new WatermarkMerger(2)
    merger.advance(0, 10)
    merger.advance(1, 20)
    merger.setIdle(1, true)
    merger.setIdle(0, true)
    expect(merger.isIdle()).toBe(true)
    expect(merger.output()).toBe(10)
    merger.setIdle(1, false)
    expect(merger.isIdle()).toBe(false)
    expect(merger.output()).toBe(20)
  })

  test('is not at the end while an idle input has not ended', () => {
    const merger = new WatermarkMerger(2)
    merger.advance(0, 10)
    merger.advance(1, 5)
    merger.setIdle(1, true)
    merger.advance(0, MAX_WATERMARK)
    expect(merger.output()).toBe(10)
    expect(merger.isIdle()).toBe(true)
    merger.setIdle(1, false)
    merger.advance(1, 30)
    expect(merger.output()).toBe(30)
    expect(merger.advance(1, MAX_WATERMARK)).toBe(true)
    expect(merger.output()).toBe(MAX_WATERMARK)
    expect(merger.isIdle()).toBe(false)
  })

  test('is held where it is by an input that is added later, until that has caught up', () => {
    const merger = new WatermarkMerger(1)
    merger.advance(0, 10)
    const added = merger.addInput()
    merger.advance(0, 20)
    expect(merger.output()).toBe(10)
    merger.advance(added, 4)
    expect(merger.output()).toBe(10)
    merger.removeInput(added)
    expect(merger.output()).toBe(20)
  })

  test('of no inputs is unknown, and what was reached stays when the last input is removed', () => {
    const merger = new WatermarkMerger()
    expect(merger.output()).toBe(MIN_WATERMARK)
    expect(merger.isIdle()).toBe(false)
    const only = merger.addInput()
    merger.advance(only, 5)
    merger.removeInput(only)
    expect(merger.output()).toBe(5)
  })
})

type Step =
  | { type: 'advance'; input: number; watermark: number }
  | { type: 'idle'; input: number; idle: boolean }
  | { type: 'add' }
  | { type: 'remove'; input: number }

const inputNumber = fc.integer({ min: 0, max: 5 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      input: inputNumber,
      watermark: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -5, max: 30 }) }, fc.constant(MAX_WATERMARK)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('idle' as const), input: inputNumber, idle: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ type: 'add' as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), input: inputNumber }) },
)

test('whatever happens, the output is the highest minimum over inputs neither idle nor ended that there ever was', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const merger = new WatermarkMerger(2)
      const inputs = new Map([0, 1].map(input => [input, { watermark: MIN_WATERMARK, idle: false }]))
      let expected = MIN_WATERMARK
      for (const next of steps) {
        if (next.type === 'add') {
          if (inputs.size < 6) inputs.set(merger.addInput(), { watermark: MIN_WATERMARK, idle: false })
        } else {
          const model = inputs.get(next.input)
          if (model === undefined) continue
          if (next.type === 'advance') {
            merger.advance(next.input, next.watermark)
            model.watermark = Math.max(model.watermark, next.watermark)
          } else if (next.type === 'idle') {
            merger.setIdle(next.input, next.idle)
            if (model.watermark !== MAX_WATERMARK) model.idle = next.idle
          } else {
            merger.removeInput(next.input)
            inputs.delete(next.input)
          }
        }
        const open = [...inputs.values()].filter(({ watermark }) => watermark !== MAX_WATERMARK)
        const counting = open.filter(({ idle }) => !idle)
        if (inputs.size > 0 && open.length === 0) expected = MAX_WATERMARK
        else if (counting.length > 0) expected = Math.max(expected, ...[Math.min(...counting.map(i => i.watermark))])
        expect(merger.output()).toBe(expected)
        expect(merger.isIdle()).toBe(open.length > 0 && counting.length === 0)
      }
    }),
    { numRuns: 500 },
  )
})
