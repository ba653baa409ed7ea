import { refusedReduction } from '../base/results.ts'
import type { KeySelector, NodeFunctions } from '../graph/job-functions.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { detachValue } from '../state/detach.ts'
import type { ColumnTable, KeyedTable } from '../state/keyed-state-backend.ts'
import type { WindowFold } from '../window/window-fold.ts'
import { type AnyAggregator, addTo } from './aggregate.ts'
import { numberField } from './fields.ts'
import type { OperatorContext } from './operator.ts'
import type { WindowCompute } from './window-config.ts'

/** Adds a record to the row of its key, and answers that key, which may be kept. */
export type Adder<Table = KeyedTable<unknown>> = (rows: Table, value: unknown) => unknown

/**
 * The adder of one window operator, generated: V8 shares what it learns of a function between all that have one source
 * text, so in a job with several windows the calls of key selector and aggregator would be inlined in none of them
 * (measured: 12 to 15 ns a record). The source has a comment of its own for each operator, as that of chains has.
 *
 * What it does is what `plainAdder` does, which also stands in where code may not be generated.
 */
export function windowAdder(
  context: OperatorContext,
  compute: WindowCompute,
  selector: KeySelector,
  fold: WindowFold<unknown>,
): Adder {
  const source = adderSource(identityOf(context), stepOf(compute, context.functions))
  return (generated(source, [], context, selector, fold) as Adder | undefined) ?? plainAdder(selector, fold)
}

/**
 * The same for accumulators that mostly are numbers, one for each row in columns: what is in columns already is changed
 * there, without a row.
 */
export function columnAdder(
  context: OperatorContext,
  compute: WindowCompute,
  selector: KeySelector,
  fold: WindowFold<unknown>,
): Adder<ColumnTable<unknown>> {
  const source = columnAdderSource(identityOf(context), stepOf(compute, context.functions))
  return (
    (generated(source, [], context, selector, fold) as Adder<ColumnTable<unknown>> | undefined) ??
    plainAdder(selector, fold)
  )
}

/** Tells the operator apart from all others of the process, in a comment: no line break in it can end it, it is JSON. */
export function identityOf({ subtask, node }: OperatorContext): string {
  const identity = JSON.stringify([subtask.jobId, subtask.attempt, subtask.subtask, node.uid])
  return identity.replaceAll(/[\u2028\u2029]/g, ' ')
}

/**
 * What the body of a function gives that sees the names of PARTS, of the tools and of `extra`; undefined where code may not
 * be generated.
 */
export function generated(
  source: string,
  extra: readonly (readonly [name: string, value: unknown])[],
  { functions: { fn, aggregator } }: OperatorContext,
  selector: KeySelector,
  fold: WindowFold<unknown>,
): unknown {
  let make: (...parts: unknown[]) => unknown
  try {
    make = new Function(...PARTS, ...extra.map(([name]) => name), `${TOOLS}\n${source}`) as typeof make
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
  const tools = { canonicalKey, detachValue, numberField, refusedReduction, refuse }
  return make(selector, fold, fn, aggregator, tools, ...extra.map(([, value]) => value))
}

export function plainAdder(selector: KeySelector, fold: WindowFold<unknown>): Adder {
  return (rows, value) => {
    const key = selector(value)
    const canonical = canonicalKey(key)
    const row = rows.get(canonical)
    if (row === undefined) return rows.insert(canonical, key, fold.create(value)).key
    rows.update(row, fold.add(row.value, value))
    return row.key
  }
}

const PARTS = ['selector', 'fold', 'fn', 'aggregator', 'tools']
const TOOLS = 'const { canonicalKey, detachValue, numberField, refusedReduction, refuse } = tools'
/** Makes the canonical `key`. Whole numbers, which most keys are, stand for themselves. */
export const CANONICAL = "const canonical = typeof key === 'number' && (key | 0) === key ? key | 0 : canonicalKey(key)"

/** The row after `place` was looked for: a number that has none is new where all rows are in columns. */
export const IF_NOT_IN_COLUMNS =
  "place < 0 && typeof key === 'number' && rows.isInColumns ? undefined : rows.get(canonical)"

/** Throws what `addTo` throws for what is no accumulator. */
function refuse(found: unknown): void {
  addTo({ add: () => found } as unknown as AnyAggregator, undefined, undefined)
}

function adderSource(identity: string, step: readonly string[]): string {
  return [
    `// window ${identity}`,
    'return function add(rows, value) {',
    'const key = selector(value)',
    ...addToRow(step),
    '}',
  ].join('\n')
}

function addToRow(step: readonly string[], found = 'rows.get(canonical)'): readonly string[] {
  return [
    CANONICAL,
    `const row = ${found}`,
    'if (row === undefined) return rows.insert(canonical, key, fold.create(value)).key',
    'const held = row.value',
    ...step,
    'rows.update(row, next)',
    'return row.key',
  ]
}

function columnAdderSource(identity: string, step: readonly string[]): string {
  return [
    `// window of numbers ${identity}`,
    'return function add(rows, value) {',
    'const key = selector(value)',
    "const place = typeof key === 'number' ? rows.placeOf(key) : -1",
    'if (place >= 0) {',
    'const held = rows.cells[2 * place + 1]',
    ...step,
    "if (typeof next === 'number') {",
    'rows.change(place)',
    'rows.cells[2 * place + 1] = next',
    '} else rows.update(rows.get(key + 0), next)',
    // A row in columns has 0 for a key of -0.
    'return key + 0',
    '}',
    ...addToRow(step, IF_NOT_IN_COLUMNS),
    '}',
  ].join('\n')
}

/** Statements that make `next` of `held` and `value`: those of the fold, written out where they are short. */
export function stepOf({ type, field = '' }: WindowCompute, { fn, aggregator }: NodeFunctions): readonly string[] {
  if (type === 'count') return ['const next = held + 1']
  if (type === 'sum') {
    const name = JSON.stringify(field)
    return [
      `const found = typeof value === 'object' && value !== null ? value[${name}] : undefined`,
      `const next = held + (typeof found === 'number' ? found : numberField(value, ${name}))`,
    ]
  }
  if (type === 'reduce' && fn !== undefined) {
    return [
      'let next = fn(held, value)',
      'if (next === undefined || next instanceof Promise) throw refusedReduction(next)',
      'if (next === value) next = detachValue(value)',
    ]
  }
  if (type === 'aggregate' && aggregator !== undefined) {
    return [
      'const next = aggregator.add(value, held)',
      'if (next === undefined || next instanceof Promise) refuse(next)',
    ]
  }
  return ['const next = fold.add(held, value)']
}
