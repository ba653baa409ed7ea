import type { Ts, TsChecker, TsNode, TsType } from './compiler.ts'

/** The type of the records of a stream, as it is shown. */
export interface RecordType {
  /** Short enough for an edge. */
  readonly short: string
  /** All of it: a named type with its fields. */
  readonly full: string
}

/** The longest text of a type on an edge, in characters. */
const SHORT_CHARS = 18

/** The longest text on hover: somebody else's type may be endless. */
const FULL_CHARS = 2_000

export function recordTypeOf(ts: Ts, checker: TsChecker, type: TsType, at: TsNode): RecordType {
  const text = typeText(ts, checker, type)
  const fields = isPlainObject(ts, type) ? type.getProperties().map(({ name }) => name) : []
  return {
    short: shortText(text, text.startsWith('{') ? fields : []),
    full: cut(wholeText(ts, checker, type, at, text), FULL_CHARS),
  }
}

/** A type in one line, as TypeScript writes it. */
export function typeText(ts: Ts, checker: TsChecker, type: TsType): string {
  // Asked from no place it writes plain names; from one, `import("…").Name` for whatever is not imported there.
  return checker
    .typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
    .replaceAll(/\s+/g, ' ')
    .replace(/; \}/g, ' }')
}

/** A name stays; an object without a name that is too long says its fields; the rest is cut. */
export function shortText(text: string, fields: readonly string[]): string {
  if (text.length <= SHORT_CHARS) return text
  if (fields.length === 0) return cut(text, SHORT_CHARS)
  const all = `{ ${fields.join(', ')} }`
  if (all.length <= SHORT_CHARS) return all
  let shown = fields.length - 1
  const some = () => `{ ${fields.slice(0, shown).join(', ')}, … }`
  while (shown > 1 && some().length > SHORT_CHARS) shown--
  return cut(some(), SHORT_CHARS)
}

/** `Click { userId: string; at: number }` for a type with a name; others are whole already. */
function wholeText(ts: Ts, checker: TsChecker, type: TsType, at: TsNode, text: string): string {
  if (text.startsWith('{') || !isPlainObject(ts, type)) return text
  const properties = type.getProperties()
  if (properties.length === 0) return text
  const fields = properties.map(
    one => `${one.name}: ${typeText(ts, checker, checker.getTypeOfSymbolAtLocation(one, at))}`,
  )
  return `${text} { ${fields.join('; ')} }`
}

/** An object of fields: no array, map, date or function, whose members say nothing of the record. */
function isPlainObject(ts: Ts, type: TsType): boolean {
  if ((type.flags & ts.TypeFlags.Object) === 0 || type.getCallSignatures().length > 0) return false
  const name = type.symbol?.name ?? ''
  return !BUILT_IN.has(name)
}

const BUILT_IN: ReadonlySet<string> = new Set([
  ...['Array', 'ReadonlyArray', 'Map', 'ReadonlyMap', 'Set', 'ReadonlySet', 'Date', 'RegExp', 'Promise', 'Error'],
  ...['Uint8Array', 'ArrayBuffer', 'Iterable', 'Iterator', 'Generator', 'String', 'Number', 'Boolean', 'Function'],
])

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`
}
