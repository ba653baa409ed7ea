import type { KeySelector } from '../graph/job-functions.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import type { ColumnTable, KeyedRow, KeyedTable } from '../state/keyed-state-backend.ts'
import type { KeySessions } from '../window/sessions.ts'
import type { WindowFold } from '../window/window-fold.ts'
import type { OperatorContext } from './operator.ts'
import { CANONICAL, generated, IF_NOT_IN_COLUMNS, identityOf, stepOf } from './window-adder.ts'
import type { WindowCompute } from './window-config.ts'

type Sessions = KeySessions<unknown>

/** What was found out about the key of a record that does not just belong to the last session of its key. */
export class SessionMiss {
  row: KeyedRow<Sessions> | undefined = undefined
  canonical: CanonicalKey = 0
  key: unknown = undefined
}

/**
 * Adds a record to the last session of its key, if it belongs to it and to no other. False when that is not so: then
 * nothing has changed, and `miss` says what is known of the key.
 */
export type SessionAdder<Table = KeyedTable<Sessions>> = (
  rows: Table,
  value: unknown,
  time: number,
  miss: SessionMiss,
) => boolean

/** The adder of one session window operator, generated for the reasons that `windowAdder` has; as `plainSessionAdder`. */
export function sessionAdder(
  context: OperatorContext,
  compute: WindowCompute,
  selector: KeySelector,
  fold: WindowFold<unknown>,
  gapMs: number,
): SessionAdder {
  const source = adderSource(identityOf(context), stepOf(compute, context.functions))
  const made = generated(source, [['gapMs', gapMs]], context, selector, fold)
  return (made as SessionAdder | undefined) ?? plainSessionAdder(selector, fold, gapMs)
}

/** The same for sessions in columns (`numberSession`). */
export function columnSessionAdder(
  context: OperatorContext,
  compute: WindowCompute,
  selector: KeySelector,
  fold: WindowFold<unknown>,
  gapMs: number,
): SessionAdder<ColumnTable<Sessions>> {
  const source = columnAdderSource(identityOf(context), stepOf(compute, context.functions))
  const made = generated(source, [['gapMs', gapMs]], context, selector, fold)
  return (made as SessionAdder<ColumnTable<Sessions>> | undefined) ?? plainSessionAdder(selector, fold, gapMs)
}

export function plainSessionAdder(selector: KeySelector, fold: WindowFold<unknown>, gapMs: number): SessionAdder {
  return (rows, value, time, miss) => {
    const key = selector(value)
    const canonical = canonicalKey(key)
    const row = rows.get(canonical)
    if (row !== undefined) {
      const last = row.value
      // It touches no earlier session, since sessions do not touch.
      if (time >= last.start && time <= last.end && !last.fired) {
        last.accumulator = fold.add(last.accumulator, value)
        if (time + gapMs > last.end) last.end = time + gapMs
        rows.touch(row)
        return true
      }
    }
    miss.row = row
    miss.canonical = canonical
    miss.key = key
    return false
  }
}

function adderSource(identity: string, step: readonly string[]): string {
  return [
    `// sessions ${identity}`,
    'return function add(rows, value, time, miss) {',
    'const key = selector(value)',
    ...addToRow(step),
    '}',
  ].join('\n')
}

function addToRow(step: readonly string[], found = 'rows.get(canonical)'): readonly string[] {
  return [
    CANONICAL,
    `const row = ${found}`,
    'if (row !== undefined) {',
    'const last = row.value',
    'if (time >= last.start && time <= last.end && !last.fired) {',
    'const held = last.accumulator',
    ...step,
    'last.accumulator = next',
    'if (time + gapMs > last.end) last.end = time + gapMs',
    'rows.touch(row)',
    'return true',
    '}',
    '}',
    'miss.row = row',
    'miss.canonical = canonical',
    'miss.key = key',
    'return false',
  ]
}

/** The columns are those of `numberSession`. */
function columnAdderSource(identity: string, step: readonly string[]): string {
  return [
    `// sessions of numbers ${identity}`,
    'return function add(rows, value, time, miss) {',
    'const key = selector(value)',
    "const place = typeof key === 'number' ? rows.placeOf(key) : -1",
    'if (place >= 0) {',
    'const cells = rows.cells',
    'const at = 4 * place + 1',
    'const end = cells[at + 1]',
    'if (time >= cells[at] && time <= end) {',
    'const held = cells[at + 2]',
    ...step,
    'const longer = time + gapMs > end ? time + gapMs : end',
    "if (typeof next === 'number') {",
    'rows.change(place)',
    'cells[at + 1] = longer',
    'cells[at + 2] = next',
    '} else {',
    'const row = rows.get(key + 0)',
    'rows.update(row, { ...row.value, end: longer, accumulator: next })',
    '}',
    'return true',
    '}',
    '}',
    ...addToRow(step, IF_NOT_IN_COLUMNS),
    '}',
  ].join('\n')
}
