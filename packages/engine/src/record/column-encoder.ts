import { isInt32, type RecordShape } from './record-shape.ts'
import type { ValueWriter } from './value-writer.ts'

/** Where an encoder puts the columns of a batch: element indices of the first column of each width. */
export interface ColumnTarget {
  readonly float64: Float64Array
  float64At: number
  readonly int32: Int32Array
  int32At: number
  readonly bytes: Uint8Array
  bytesAt: number
  /** Takes the columns of kind `v`. */
  readonly values: ValueWriter
  /** Set by the encoder: all strings of the batch, row by row. */
  text: string
}

/**
 * Writes the columns of values[0, count). Returns the row at which it stopped: `count` when every record has the
 * shape and the prototype, else the first that has not (what was written is then of no use). A column of n rows takes
 * n elements; the columns of one width follow one another.
 */
export type ColumnEncoder = (
  values: readonly unknown[],
  count: number,
  prototype: object | null,
  target: ColumnTarget,
) => number

let generated = 0
let mayGenerate: boolean | undefined

/** Whether the runtime lets code be made from text (a browser's content security policy may not). */
export function canGenerateCode(): boolean {
  if (mayGenerate === undefined) {
    try {
      mayGenerate = new Function('return true')() === true
    } catch (error) {
      if (!(error instanceof EvalError)) throw error
      mayGenerate = false
    }
  }
  return mayGenerate
}

/**
 * An encoder made for this shape alone: straight-line code in which every property access sees one kind of record and
 * one kind of value. `interpretColumns` is what it must agree with.
 */
export function generateColumnEncoder(shape: RecordShape): ColumnEncoder {
  const { form, fields, kinds, slots } = shape
  const source = [
    // Functions of one source text share what the engine learns about types: the number keeps them apart.
    `// encoder ${++generated} of ${shape.descriptor}`,
    'return function encodeColumns(values, count, prototype, target) {',
    'const { float64, float64At, int32, int32At, bytes, bytesAt } = target',
    'const writer = target.values',
    "let text = ''",
    ...kinds.flatMap((kind, i) => columnStart(kind, slots[i]!, i)),
    'for (let row = 0; row < count; row++) {',
    'const record = values[row]',
    checkOf(form),
    ...fields.map((name, i) => `const v${i} = ${form === 'plain' ? 'record' : `record[${JSON.stringify(name)}]`}`),
    // After the fields were read the engine knows the record's hidden class, and with it the prototype, without a call.
    form === 'object' ? 'if (Object.getPrototypeOf(record) !== prototype) return row' : '',
    ...kinds.map((kind, i) => storeOf(kind, i, form === 'tuple')),
    '}',
    'target.text = text',
    'return count',
    '}',
  ].join('\n')
  return new Function('NAMES', 'isMinusZero', source)(fields, isMinusZero) as ColumnEncoder
}

function isMinusZero(value: number): boolean {
  return value === 0 && 1 / value < 0
}

function columnStart(kind: string, slot: number, column: number): string[] {
  if (kind === 'v') return []
  const width = kind === 'f' ? 'float64' : kind === 'b' ? 'bytes' : 'int32'
  return [`const c${column} = ${width}At + ${slot} * count`]
}

function checkOf(form: RecordShape['form']): string {
  switch (form) {
    case 'plain':
      return ''
    case 'tuple':
      return 'if (!Array.isArray(record) || record.length !== NAMES.length) return row'
    case 'object':
      // for-in walks the names that the engine keeps with the object's hidden class: no array is made.
      return `if (typeof record !== 'object' || record === null) return row
let names = 0
for (const name in record) if (name !== NAMES[names++]) return row
if (names !== NAMES.length) return row`
  }
}

function storeOf(kind: string, column: number, inTuple: boolean): string {
  const v = `v${column}`
  const at = `c${column} + row`
  switch (kind) {
    case 'i':
      return `if (typeof ${v} !== 'number' || (${v} | 0) !== ${v} || isMinusZero(${v})) return row
int32[${at}] = ${v}`
    case 'f':
      return `if (typeof ${v} !== 'number') return row
float64[${at}] = ${v}`
    case 's':
      return `if (typeof ${v} !== 'string') return row
int32[${at}] = ${v}.length
text += ${v}`
    case 'b':
      return `if (typeof ${v} !== 'boolean') return row
bytes[${at}] = ${v} ? 1 : 0`
    default:
      // An empty place of an array reads as undefined, which would come back as a value.
      return `${inTuple ? `if (${v} === undefined && !(${column} in record)) return row\n` : ''}writer.write(${v})`
  }
}

/** What a generated encoder does, step by step: its oracle, and its stand-in where code cannot be generated. */
export function interpretColumns(shape: RecordShape): ColumnEncoder {
  return (values, count, prototype, target) => {
    let text = ''
    for (let row = 0; row < count; row++) {
      const record = values[row]
      if (!matches(shape, record, prototype)) return row
      for (let i = 0; i < shape.fields.length; i++) {
        const value = shape.form === 'plain' ? record : (record as Record<string, unknown>)[shape.fields[i]!]
        if (!storeValue(shape, i, row, count, value, target)) return row
        if (typeof value === 'string' && shape.kinds[i] === 's') text += value
      }
    }
    target.text = text
    return count
  }
}

function matches(shape: RecordShape, record: unknown, prototype: object | null): boolean {
  if (shape.form === 'plain') return true
  if (typeof record !== 'object' || record === null) return false
  if (shape.form === 'tuple') {
    return (
      Array.isArray(record) && record.length === shape.fields.length && !shape.fields.some(name => !(name in record))
    )
  }
  if (Object.getPrototypeOf(record) !== prototype) return false
  const names: string[] = []
  for (const name in record) names.push(name)
  return names.length === shape.fields.length && names.every((name, i) => name === shape.fields[i])
}

function storeValue(
  shape: RecordShape,
  column: number,
  row: number,
  count: number,
  value: unknown,
  target: ColumnTarget,
): boolean {
  const at = shape.slots[column]! * count + row
  switch (shape.kinds[column]) {
    case 'i':
      if (typeof value !== 'number' || !isInt32(value)) return false
      target.int32[target.int32At + at] = value
      return true
    case 'f':
      if (typeof value !== 'number') return false
      target.float64[target.float64At + at] = value
      return true
    case 's':
      if (typeof value !== 'string') return false
      target.int32[target.int32At + at] = value.length
      return true
    case 'b':
      if (typeof value !== 'boolean') return false
      target.bytes[target.bytesAt + at] = value ? 1 : 0
      return true
    default:
      target.values.write(value)
      return true
  }
}
