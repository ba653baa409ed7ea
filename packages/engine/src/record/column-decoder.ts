import type { RecordShape } from './record-shape.ts'
import type { ValueReader } from './value-reader.ts'

/** Where a decoder finds the columns of a batch: element indices of the first column of each width. */
export interface ColumnSource {
  readonly float64: Float64Array
  float64At: number
  /** The int32 columns as numbers. */
  readonly int32: Int32Array
  /** The same memory: lengths of strings are read unsigned, so that no malformed one is negative. */
  readonly uint32: Uint32Array
  int32At: number
  readonly bytes: Uint8Array
  bytesAt: number
  /** All strings of the batch, row by row. */
  text: string
  /** Gives the columns of kind `v`. */
  readonly values: ValueReader
}

/** Rebuilds `count` records into values[0, count) and returns how many units of the text they took. */
export type ColumnDecoder = (values: unknown[], count: number, source: ColumnSource) => number

let generated = 0

/** A decoder made for this shape alone: each record is one object literal. `interpretDecoder` is its oracle. */
export function generateColumnDecoder(shape: RecordShape): ColumnDecoder {
  const { form, fields, kinds, slots } = shape
  const contents = kinds.map((kind, i) => contentOf(kind, i))
  const literal =
    form === 'plain'
      ? contents[0]!
      : form === 'tuple'
        ? `[${contents.join(', ')}]`
        : `{ ${fields.map((name, i) => `${JSON.stringify(name)}: ${contents[i]}`).join(', ')} }`
  const source = [
    // Functions of one source text share what the engine learns about types: the number keeps them apart.
    `// decoder ${++generated} of ${shape.descriptor}`,
    'return function decodeColumns(values, count, source) {',
    'const { float64, float64At, int32, uint32, int32At, bytes, bytesAt, text } = source',
    'const reader = source.values',
    'let at = 0',
    ...kinds.flatMap((kind, i) => columnStart(kind, slots[i]!, i)),
    `for (let row = 0; row < count; row++) values[row] = ${literal}`,
    'return at',
    '}',
  ].join('\n')
  return new Function(source)() as ColumnDecoder
}

function columnStart(kind: string, slot: number, column: number): string[] {
  if (kind === 'v') return []
  const width = kind === 'f' ? 'float64' : kind === 'b' ? 'bytes' : 'int32'
  return [`const c${column} = ${width}At + ${slot} * count`]
}

function contentOf(kind: string, column: number): string {
  switch (kind) {
    case 'i':
      return `int32[c${column} + row]`
    case 'f':
      return `float64[c${column} + row]`
    case 's':
      return `text.substring(at, at += uint32[c${column} + row])`
    case 'b':
      return `bytes[c${column} + row] === 1`
    default:
      return 'reader.read()'
  }
}

/** What a generated decoder does, step by step: its oracle, and its stand-in where code cannot be generated. */
export function interpretDecoder(shape: RecordShape): ColumnDecoder {
  return (values, count, source) => {
    let textAt = 0
    const contentAt = (column: number, row: number): unknown => {
      const at = shape.slots[column]! * count + row
      switch (shape.kinds[column]) {
        case 'i':
          return source.int32[source.int32At + at]
        case 'f':
          return source.float64[source.float64At + at]
        case 'b':
          return source.bytes[source.bytesAt + at] === 1
        case 's': {
          const start = textAt
          textAt += source.uint32[source.int32At + at]!
          return source.text.substring(start, textAt)
        }
        default:
          return source.values.read()
      }
    }
    for (let row = 0; row < count; row++) {
      if (shape.form === 'plain') values[row] = contentAt(0, row)
      else if (shape.form === 'tuple') values[row] = shape.fields.map((_, i) => contentAt(i, row))
      else {
        const record: Record<string, unknown> = {}
        for (let i = 0; i < shape.fields.length; i++) record[shape.fields[i]!] = contentAt(i, row)
        values[row] = record
      }
    }
    return textAt
  }
}
