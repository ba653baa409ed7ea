import { describe, expect, test } from 'vitest'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { watermarkStrategy } from './watermark-strategy.ts'

describe('the bounded strategy', () => {
  test('emits the highest timestamp less the bound less one', () => {
    const generator = watermarkStrategy({ strategy: 'bounded', boundMs: 100 }, {}).createGenerator()
    expect(generator.onPeriodicEmit()).toBe(MIN_WATERMARK)
    generator.onEvent('a', 1_000)
    expect(generator.onPeriodicEmit()).toBe(899)
    generator.onEvent('b', 950)
    expect(generator.onPeriodicEmit()).toBe(899)
    generator.onEvent('c', 1_001)
    expect(generator.onPeriodicEmit()).toBe(900)
  })

  test('has a bound of 5 s and an interval of 200 ms where nothing is said', () => {
    const strategy = watermarkStrategy({ strategy: 'bounded' }, {})
    const generator = strategy.createGenerator()
    generator.onEvent('a', 10_000)
    expect(generator.onPeriodicEmit()).toBe(4_999)
    expect(strategy.intervalMs).toBe(200)
  })

  test('works with times before 1970', () => {
    const generator = watermarkStrategy({ strategy: 'bounded', boundMs: 0 }, {}).createGenerator()
    generator.onEvent('a', -5_000)
    expect(generator.onPeriodicEmit()).toBe(-5_001)
  })
})

test('the monotonous strategy is one millisecond behind, since a record with the same timestamp may follow', () => {
  const generator = watermarkStrategy({ strategy: 'monotonous' }, {}).createGenerator()
  generator.onEvent('a', 1_000)
  expect(generator.onPeriodicEmit()).toBe(999)
})

test('without a strategy, and with none, there is no watermark', () => {
  for (const config of [undefined, { strategy: 'none' as const }]) {
    const generator = watermarkStrategy(config, {}).createGenerator()
    generator.onEvent('a', 1_000)
    expect(generator.onPeriodicEmit()).toBe(MIN_WATERMARK)
  }
})

describe('a custom strategy', () => {
  const custom = (answers: unknown[]) =>
    watermarkStrategy(
      { strategy: 'custom', generator: '() => …' },
      { watermarkGenerator: () => ({ onEvent: () => undefined, onPeriodicEmit: () => answers.shift() }) },
    ).createGenerator()

  test('never goes back, and only the end of the input is the end', () => {
    const generator = custom([5, 3, MAX_WATERMARK, 8])
    expect([1, 2, 3, 4].map(() => generator.onPeriodicEmit())).toEqual([5, 5, 5, 8])
  })

  test('is told when it answers something that is not a number', () => {
    expect(() => custom([undefined]).onPeriodicEmit()).toThrow('has to return a number, not undefined')
    expect(() => custom([Number.NaN]).onPeriodicEmit()).toThrow('has to return a number, not NaN')
  })

  test('has a generator of its own for each split', () => {
    let made = 0
    const strategy = watermarkStrategy(
      { strategy: 'custom', generator: '() => …' },
      {
        watermarkGenerator: () => {
          const watermark = ++made * 10
          return { onEvent: () => undefined, onPeriodicEmit: () => watermark }
        },
      },
    )
    const generators = [strategy.createGenerator(), strategy.createGenerator()]
    expect(generators.map(generator => generator.onPeriodicEmit())).toEqual([10, 20])
  })

  test('without its function is refused', () => {
    expect(() => watermarkStrategy({ strategy: 'custom', generator: '() => …' }, {})).toThrow(
      "needs a function 'watermarkGenerator'",
    )
    expect(() => watermarkStrategy({ strategy: 'none', timestampAssigner: 'x => x.at' }, {})).toThrow(
      "needs a function 'timestampAssigner'",
    )
  })
})
