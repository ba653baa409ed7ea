import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimeWindow } from '../functions/window-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { type FlinkConfig, FlinkWindows } from '../testing/flink-windows.ts'
import { HARNESS_MODES, inAnyOrder, runCase } from '../testing/harness-modes.ts'
import { end, type HarnessInput, type HarnessOutput, record, watermark } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

/** Windows of every kind under every trigger and evictor, against Flink's own algorithm written down plainly. */

const assigners = fc.oneof(
  fc
    .tuple(fc.constantFrom(1, 7, 10), fc.integer({ min: -12, max: 12 }))
    .map(([sizeMs, offsetMs]) => ({ type: 'tumbling', sizeMs, slideMs: sizeMs, offsetMs }) as const),
  fc
    .tuple(fc.constantFrom(3, 10, 12), fc.constantFrom(1, 4, 5, 17), fc.integer({ min: -30, max: 30 }))
    .map(([sizeMs, slideMs, offsetMs]) => ({ type: 'sliding', sizeMs, slideMs, offsetMs }) as const),
  fc.constantFrom(1, 3, 8).map(gapMs => ({ type: 'session', gapMs }) as const),
  fc.constant({ type: 'global' } as const),
)
const plain = fc.oneof(
  fc.constant({ type: 'eventTime' } as const),
  fc.constantFrom(1, 2, 3).map(count => ({ type: 'count', count }) as const),
  fc.constantFrom(1, 3, 10).map(intervalMs => ({ type: 'continuousEventTime', intervalMs }) as const),
)
const triggers = fc.oneof(
  plain,
  plain.map(of => ({ type: 'purging', of }) as const),
)
const evictors = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  fc.record({ type: fc.constant('count' as const), count: fc.constantFrom(1, 2), after: fc.boolean() }),
  fc.record({ type: fc.constant('time' as const), keepMs: fc.constantFrom(1, 5), after: fc.boolean() }),
  fc.record({ type: fc.constant('delta' as const), threshold: fc.constantFrom(0, 4), after: fc.boolean() }),
)
const inputs = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom('a', 'b'), fc.integer({ min: -30, max: 60 }), fc.nat(9))
        .map(([key, at, n]) => record({ key, n, id: 0 }, at)),
    },
    { weight: 1, arbitrary: fc.integer({ min: -30, max: 60 }).map(at => watermark(at)) },
  ),
  { maxLength: 40 },
)

interface Value {
  readonly key: string
  readonly n: number
  readonly id: number
}

function numbered(list: readonly HarnessInput[]): HarnessInput[] {
  let highest = Number.NEGATIVE_INFINITY
  return list.flatMap((input, id): HarnessInput[] => {
    if (input.type === 'record') return [{ ...input, value: { ...(input.value as Value), id } }]
    if (input.type !== 'watermark' || input.watermark <= highest) return []
    highest = input.watermark
    return [input]
  })
}

test('for any records and watermarks, in every mode, windows give what Flink’s algorithm gives', () => {
  fc.assert(
    fc.property(
      fc.record({
        assigner: assigners,
        trigger: fc.oneof(fc.constant(undefined), triggers),
        evictor: evictors,
        allowedLatenessMs: fc.constantFrom(0, 1, 12),
      }),
      inputs,
      fc.constantFrom(...HARNESS_MODES),
      ({ assigner, trigger, evictor, allowedLatenessMs }, list, mode) => {
        // Slices give their records by time, and those of one slice in the order in which they came.
        const isSliced =
          assigner.type === 'sliding' && (trigger?.type ?? 'eventTime') === 'eventTime' && evictor === undefined
        const shown = (key: string, { start, end: until }: TimeWindow, values: readonly Value[]): string => {
          const ids = values.map(({ id }) => id)
          return `${key} ${start} ${until} ${(isSliced ? ids.toSorted((a, b) => a - b) : ids).join()}`
        }
        const steps = [...numbered(list), end()]
        const flink = new FlinkWindows<Value>({ assigner, trigger, evictor, allowedLatenessMs } as FlinkConfig)
        for (const step of steps) {
          if (step.type === 'record') flink.record((step.value as Value).key, step.value as Value, step.timestamp ?? 0)
          else
            flink.watermark(step.type === 'end' ? Number.POSITIVE_INFINITY : (step as { watermark: number }).watermark)
        }
        const expected: HarnessOutput[] = [
          ...flink.fired.map(({ key, window, values, timestamp }) => ({
            type: 'record' as const,
            value: shown(key, window, values),
            timestamp,
          })),
          ...flink.late.map(({ value, timestamp }) => ({ type: 'side' as const, tag: 'late', value, timestamp })),
        ]
        const config = {
          assigner: { ...assigner, time: 'event' },
          ...(trigger === undefined ? {} : { trigger }),
          ...(evictor === undefined ? {} : { evictor: { ...evictor, ...(evictor.after ? {} : { after: undefined }) } }),
          compute: { type: 'process' },
          allowedLatenessMs,
          lateTag: 'late',
        } as unknown as JobNode['config']
        const result = runCase(
          {
            name: 'any',
            node: { uid: 'w', type: 'window', name: 'w', config },
            functions: () => ({
              key0: (value: unknown) => (value as Value).key,
              evictorFn: (a: unknown, b: unknown) => Math.abs((a as Value).n - (b as Value).n),
              windowFn: (key: string, window: TimeWindow, values: Value[], out: { collect(value: string): void }) =>
                out.collect(shown(key, window, values)),
            }),
            inputs: steps,
            expected,
          },
          createOperator,
          mode,
        )
        expect(inAnyOrder(result.records)).toEqual(inAnyOrder(expected))
        expect(result.lateRecords).toBe(flink.late.length)
      },
    ),
    { numRuns: 400 },
  )
})
