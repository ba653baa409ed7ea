import { describe, expect, it } from 'vitest'
import type { OperatorContext, WatermarkingOperator } from '../operators/operator.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { type ChainLogEntry, type TestNode, testChain } from './testing/test-chain.ts'

/** Notes the watermarks it hears; stops in each when `stops` says how often. */
function listening(heard: string[], name: string, stops = { left: 0 }) {
  return () => ({
    processElement: () => undefined,
    processWatermark: (watermark: number) => {
      heard.push(`${name} ${watermark}`)
      if (stops.left === 0) return true
      stops.left--
      return false
    },
  })
}

/** Makes the watermarks that the test sets. */
function making(own: { watermark: number; idle: boolean }, heard: string[] = [], isSource = false) {
  return ({ output }: OperatorContext): WatermarkingOperator => ({
    watermarkIntervalMs: 50,
    processElement: (value, timestamp) => output.collect(value, timestamp),
    ...(isSource
      ? {}
      : {
          processWatermark: (watermark: number) => {
            heard.push(`maker ${watermark}`)
            if (watermark === MAX_WATERMARK) own.watermark = MAX_WATERMARK
            return true
          },
        }),
    currentWatermark: () => own.watermark,
    isIdle: () => own.idle,
    onPeriodicEmit: () => undefined,
  })
}

function events(log: readonly ChainLogEntry[]): string[] {
  return log.flatMap(({ from, event }) =>
    event === undefined ? [] : [`${from} ${event.type === 'watermark' ? event.watermark : event.type}`],
  )
}

describe('a watermark in a chain', () => {
  it('passes the operators in order and leaves after the last', () => {
    const heard: string[] = []
    const nodes: TestNode[] = [
      { name: 'a', operator: listening(heard, 'a'), feeds: [1, 2], leaves: true },
      { name: 'b', operator: listening(heard, 'b'), leaves: true, sides: { late: { leaves: true } } },
      { name: 'c', operator: listening(heard, 'c') },
    ]
    const { time, log } = testChain(nodes, { compile: false })
    time.inputWatermark(10)
    expect(time.isPending).toBe(true)
    expect(time.advance()).toBe(true)
    expect(heard).toEqual(['a 10', 'b 10', 'c 10'])
    expect(events(log)).toEqual(['a 10', 'b 10', 'b 10'])
    expect(time.watermark).toBe(10)
    expect(time.isPending).toBe(false)
  })

  it('never goes back', () => {
    const heard: string[] = []
    const { time, log } = testChain([{ name: 'a', operator: listening(heard, 'a'), leaves: true }], { compile: false })
    for (const watermark of [10, 5, 10, 11]) {
      time.inputWatermark(watermark)
      time.advance()
    }
    expect(heard).toEqual(['a 10', 'a 11'])
    expect(events(log)).toEqual(['a 10', 'a 11'])
  })

  it('waits where an operator stops, and goes on there', () => {
    const heard: string[] = []
    const nodes: TestNode[] = [
      { name: 'a', operator: listening(heard, 'a'), feeds: [1], leaves: true },
      { name: 'b', operator: listening(heard, 'b', { left: 2 }), feeds: [2] },
      { name: 'c', operator: listening(heard, 'c') },
    ]
    const { time, log } = testChain(nodes, { compile: false })
    time.inputWatermark(10)
    expect(time.advance()).toBe(false)
    expect(time.advance()).toBe(false)
    expect(events(log)).toEqual([])
    expect(time.isPending).toBe(true)
    expect(time.advance()).toBe(true)
    expect(heard).toEqual(['a 10', 'b 10', 'b 10', 'b 10', 'c 10'])
    expect(events(log)).toEqual(['a 10'])
  })

  it('does not overtake results that an operator further down keeps', () => {
    const firing: TestNode = {
      name: 'window',
      operator: ({ output }) => ({
        processElement: () => undefined,
        processWatermark: watermark => {
          output.collect(['x', 'y', 'z'], watermark - 1)
          return true
        },
      }),
      feeds: [1],
    }
    const split: TestNode = {
      name: 'split',
      operator: { type: 'flatMap', functions: { fn: (list: unknown[]) => list } },
      leaves: true,
    }
    const { time, log, flow, chain } = testChain([firing, split], {
      compile: false,
      onEmit: state => state.setOutputsFull(true),
    })
    time.inputWatermark(10)
    expect(time.advance()).toBe(false)
    for (let turns = 0; turns < 10 && time.isPending; turns++) {
      flow.setOutputsFull(false)
      if (flow.resume(chain[1].operator) && !flow.blocked) time.advance()
    }
    expect(log.map(({ value, event }) => value ?? event)).toEqual(['x', 'y', 'z', { type: 'watermark', watermark: 10 }])
  })
})

describe('an operator that makes watermarks in the middle of a chain', () => {
  const nodesWith = (own: { watermark: number; idle: boolean }, heard: string[]): TestNode[] => [
    { name: 'before', operator: listening(heard, 'before'), feeds: [1], leaves: true },
    { name: 'maker', operator: making(own, heard), feeds: [2], leaves: true },
    { name: 'after', operator: listening(heard, 'after'), leaves: true },
  ]

  it('ends those from upstream, and begins its own', () => {
    const own = { watermark: MIN_WATERMARK, idle: false }
    const heard: string[] = []
    const { time, log } = testChain(nodesWith(own, heard), { compile: false })
    time.inputWatermark(100)
    time.advance()
    expect(heard).toEqual(['before 100', 'maker 100'])
    expect(events(log)).toEqual(['before 100'])
    own.watermark = 7
    time.collectWatermarks()
    expect(time.advance()).toBe(true)
    expect(heard.slice(2)).toEqual(['after 7'])
    expect(events(log).slice(1)).toEqual(['maker 7', 'after 7'])
    expect(time.watermark).toBe(100)
  })

  it('lets the end of the input through, after everything before it', () => {
    const own = { watermark: 7, idle: false }
    const heard: string[] = []
    const { time, log } = testChain(nodesWith(own, heard), { compile: false })
    time.inputWatermark(MAX_WATERMARK)
    expect(time.isAtEnd).toBe(false)
    expect(time.advance()).toBe(true)
    expect(time.isAtEnd).toBe(true)
    expect(heard).toEqual(['before Infinity', 'maker Infinity', 'after Infinity'])
    expect(events(log)).toEqual(['before Infinity', 'maker Infinity', 'after Infinity'])
  })

  it('is idle by itself: what comes in does not matter', () => {
    const own = { watermark: 1, idle: false }
    const { time, log } = testChain(nodesWith(own, []), { compile: false })
    time.inputIdle(true)
    time.collectWatermarks()
    time.advance()
    expect(events(log)).toEqual(['before idle', 'maker 1', 'after 1'])
    own.idle = true
    time.periodicEmit()
    time.periodicEmit()
    own.idle = false
    time.collectWatermarks()
    expect(events(log).slice(3)).toEqual(['maker idle', 'after idle', 'maker active', 'after active'])
  })

  it('at the head of a chain, too, ends the watermarks of the input', () => {
    const own = { watermark: 5, idle: false }
    const heard: string[] = []
    const nodes: TestNode[] = [
      { name: 'maker', operator: making(own, heard), feeds: [1], leaves: true },
      { name: 'after', operator: listening(heard, 'after'), leaves: true },
    ]
    const { time, log } = testChain(nodes, { compile: false })
    time.inputWatermark(1_000)
    time.inputIdle(true)
    expect(time.advance()).toBe(true)
    expect(events(log)).toEqual(['maker 5', 'after 5'])
    expect(heard).toEqual(['maker 1000', 'after 5'])
    time.inputWatermark(MAX_WATERMARK)
    expect(time.advance()).toBe(true)
    expect(time.isAtEnd).toBe(true)
    expect(events(log).slice(2)).toEqual(['maker Infinity', 'after Infinity'])
  })
})

describe('a source at the head of a chain', () => {
  it('gives the chain its time', () => {
    const own = { watermark: MIN_WATERMARK, idle: false }
    const heard: string[] = []
    const nodes: TestNode[] = [
      { name: 'source', operator: making(own, heard, true), feeds: [1], leaves: true },
      { name: 'after', operator: listening(heard, 'after') },
    ]
    const { time, log } = testChain(nodes, { compile: false, isSource: true })
    expect(time.emissionIntervalMs).toBe(50)
    own.watermark = 3
    time.periodicEmit()
    time.advance()
    own.idle = true
    time.periodicEmit()
    own.idle = false
    own.watermark = MAX_WATERMARK
    time.collectWatermarks()
    time.advance()
    expect(events(log)).toEqual(['source 3', 'source idle', 'source active', 'source Infinity'])
    expect(heard).toEqual(['after 3', 'after Infinity'])
    expect(time.isAtEnd).toBe(true)
  })
})

describe('processing time in a chain', () => {
  it('is due at the earliest of all timers, and goes on where an operator stopped', () => {
    const fired: string[] = []
    let stops = 1
    const timed = (name: string, due: number) => () => ({
      processElement: () => undefined,
      nextProcessingTime: () => due,
      processProcessingTime: (nowMs: number) => {
        fired.push(`${name} ${nowMs}`)
        return name !== 'b' || stops-- <= 0
      },
    })
    const nodes: TestNode[] = [
      { name: 'a', operator: timed('a', 30), feeds: [1] },
      { name: 'b', operator: timed('b', 20), feeds: [2] },
      { name: 'c', operator: timed('c', 40) },
    ]
    const { time } = testChain(nodes, { compile: false })
    expect(time.nextProcessingTime()).toBe(20)
    time.fireProcessingTime(25)
    expect(time.isPending).toBe(true)
    expect(time.advance()).toBe(false)
    expect(time.advance()).toBe(true)
    expect(fired).toEqual(['a 25', 'b 25', 'b 25', 'c 25'])
    expect(time.emissionIntervalMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('fires before event time goes on', () => {
    const order: string[] = []
    const { time } = testChain(
      [
        {
          name: 'a',
          operator: () => ({
            processElement: () => undefined,
            nextProcessingTime: () => 1,
            processProcessingTime: () => order.push('clock') > 0,
            processWatermark: () => order.push('watermark') > 0,
          }),
        },
      ],
      { compile: false },
    )
    time.inputWatermark(5)
    time.fireProcessingTime(2)
    time.advance()
    expect(order).toEqual(['clock', 'watermark'])
  })
})
