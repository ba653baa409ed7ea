import type { TimeWindow, WindowFunction } from '../functions/window-function.ts'
import { aggregateFold, builtInFold, listFold, reduceFold, type WindowFold } from '../window/window-fold.ts'
import { AGGREGATOR_METHODS, type AnyAggregator, addTo, resultOf } from './aggregate.ts'
import { type Comparable, comparableField, extreme, numberField } from './fields.ts'
import type { OperatorContext } from './operator.ts'
import { requireFunction, requireObject } from './operator-errors.ts'
import type { WindowCompute } from './window-config.ts'

/** Where an operator that runs a window operator inside, such as a join, puts the fold that it brings. */
export const OWN_FOLD = 'own window fold'

export function windowFold(context: OperatorContext, compute: WindowCompute): WindowFold<unknown> {
  const own = context.functions[OWN_FOLD] as WindowFold<unknown> | undefined
  if (own !== undefined) return own
  return foldOf(context, compute) as WindowFold<unknown>
}

/** Whether the accumulators of the fold are numbers, as far as that can be told before there is one. */
export function foldsNumbers({ functions }: OperatorContext, { type }: WindowCompute): boolean {
  if (functions[OWN_FOLD] !== undefined) return false
  if (type !== 'aggregate') return type === 'count' || type === 'sum'
  try {
    return typeof (functions.aggregator as AnyAggregator).createAccumulator() === 'number'
  } catch {
    // It is said by the first record, which calls it too.
    return false
  }
}

function foldOf(context: OperatorContext, { type, field = '' }: WindowCompute): unknown {
  const { functions, node } = context
  const windowFn = (): WindowFunction<unknown, unknown, unknown> => requireFunction(functions, 'windowFn', node)
  const optionalWindowFn = functions.windowFn === undefined ? undefined : windowFn()
  switch (type) {
    case 'reduce':
      return reduceFold(requireFunction(functions, 'fn', node), optionalWindowFn)
    case 'aggregate': {
      const aggregator: AnyAggregator = requireObject(functions, 'aggregator', AGGREGATOR_METHODS, node)
      return aggregateFold(
        aggregator,
        (accumulator, value) => addTo(aggregator, accumulator, value),
        accumulator => resultOf(aggregator, accumulator),
        optionalWindowFn,
      )
    }
    case 'process':
      return listFold(windowFn())
    case 'count':
      return builtInFold<number>(
        () => 1,
        count => count + 1,
        add,
        (key, window, count) => ({ ...bounds(key, window), count }),
      )
    case 'sum':
      return builtInFold<number>(
        value => numberField(value, field),
        (sum, value) => sum + numberField(value, field),
        add,
        (key, window, sum) => ({ ...bounds(key, window), sum }),
      )
    case 'avg':
      return builtInFold<{ sum: number; count: number }>(
        value => ({ sum: numberField(value, field), count: 1 }),
        (held, value) => {
          held.sum += numberField(value, field)
          held.count++
          return held
        },
        (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
        (key, window, { sum, count }) => ({ ...bounds(key, window), avg: sum / count }),
      )
    case 'min':
    case 'max':
      return builtInFold<Comparable>(
        value => comparableField(value, field),
        (held, value) => extreme(held, comparableField(value, field), type, field),
        (a, b) => extreme(a, b, type, field),
        (key, window, found) => ({ ...bounds(key, window), [type]: found }),
      )
  }
}

function add(a: number, b: number): number {
  return a + b
}

function bounds(key: unknown, { start, end }: TimeWindow): { key: unknown; start: number; end: number } {
  return { key, start, end }
}
