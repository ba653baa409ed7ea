import { classOf } from './value-tags.ts'

/**
 * The kind of one column: `i` int32, `f` float64, `s` string (its length is an int32 column, its units lie in the
 * batch's text), `b` boolean (one byte), `v` anything (in the batch's value block).
 */
export type ColumnKind = 'i' | 'f' | 's' | 'b' | 'v'

/** Records are plain objects, tuples (arrays of one length), or bare primitive values. */
export type RecordForm = 'object' | 'tuple' | 'plain'

/** Records with more fields are encoded one by one: the generated code would be too long to be optimised. */
export const FIELDS_MAX = 128

/** Which columns a batch has. Two shapes with equal descriptors are the same shape. */
export class RecordShape {
  readonly form: RecordForm
  /** Field names in the records' own order; indices as strings for a tuple; one empty name for plain values. */
  readonly fields: readonly string[]
  readonly kinds: readonly ColumnKind[]
  /** Place of each column among those of its width (float64; int32 and lengths; bytes), -1 for values. */
  readonly slots: readonly number[]
  readonly float64Columns: number
  readonly int32Columns: number
  readonly byteColumns: number
  readonly hasText: boolean
  readonly hasValues: boolean
  /** The shape in words, as it goes over the wire: JSON of [form, kinds, ...fields], in ASCII. */
  readonly descriptor: string

  constructor(form: RecordForm, fields: readonly string[], kinds: readonly ColumnKind[]) {
    this.form = form
    this.fields = fields
    this.kinds = kinds
    const counts = { f: 0, i: 0, b: 0 }
    this.slots = kinds.map(kind => (kind === 'v' ? -1 : counts[kind === 's' ? 'i' : kind]++))
    this.float64Columns = counts.f
    this.int32Columns = counts.i
    this.byteColumns = counts.b
    this.hasText = kinds.includes('s')
    this.hasValues = kinds.includes('v')
    this.descriptor = JSON.stringify([form, kinds.join(''), ...fields]).replaceAll(/[\u007f-\uffff]/g, escapeUnit)
  }

  /** The shape that a descriptor tells, or undefined when it tells none that an encoder would have made. */
  static parse(descriptor: string): RecordShape | undefined {
    const parts = parseJson(descriptor)
    if (!Array.isArray(parts) || parts.length < 3 || parts.length > FIELDS_MAX + 2) return undefined
    if (!parts.every(part => typeof part === 'string')) return undefined
    const [form, kinds, ...fields] = parts as [string, string, ...string[]]
    if (!/^[ifsbv]+$/.test(kinds) || kinds.length !== fields.length) return undefined
    if (form !== 'object' && form !== 'tuple' && form !== 'plain') return undefined
    if (
      form === 'object'
        ? !areColumnNames(fields)
        : !fields.every((name, i) => name === (form === 'plain' ? '' : `${i}`))
    )
      return undefined
    if (form === 'plain' && fields.length !== 1) return undefined
    return new RecordShape(form, fields, [...kinds] as ColumnKind[])
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The form and fields that `value` would give a batch, or undefined when it has to be encoded as a value. */
export function outlineOf(value: unknown): { form: RecordForm; fields: readonly string[] } | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { form: 'plain', fields: [''] }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    if (value.length === 0 || value.length > FIELDS_MAX) return undefined
    return { form: 'tuple', fields: Array.from(value, (_, i) => `${i}`) }
  }
  if (classOf(value) !== 'Object') return undefined
  const fields = Object.keys(value)
  return areColumnNames(fields) ? { form: 'object', fields } : undefined
}

/**
 * `__proto__` in an object literal is no field, and index-like names move to the front whatever order they are written
 * in (objects with such names look like typed arrays, too): records with either are encoded as values.
 */
function areColumnNames(fields: readonly string[]): boolean {
  if (fields.length === 0 || fields.length > FIELDS_MAX) return false
  const names = new Set(fields)
  return names.size === fields.length && !names.has('__proto__') && !fields.some(name => /^\d+$/.test(name))
}

/**
 * The kinds that fit values[from, to), and `known` (from rows before) as well. Undefined when a value in that range is
 * not of this form with these fields, or when no column would be a typed one.
 */
export function widenKinds(
  form: RecordForm,
  fields: readonly string[],
  known: readonly ColumnKind[] | undefined,
  values: readonly unknown[],
  from: number,
  to: number,
): ColumnKind[] | undefined {
  const kinds: (ColumnKind | undefined)[] = known === undefined ? new Array(fields.length).fill(undefined) : [...known]
  let valueColumns = kinds.filter(kind => kind === 'v').length
  for (let row = from; row < to; row++) {
    const value = values[row]
    if (!hasOutline(value, form, fields)) return undefined
    for (let i = 0; i < fields.length; i++) {
      const content = form === 'plain' ? value : (value as Record<string, unknown>)[fields[i]!]
      const kind = kindOf(content)
      const before = kinds[i]
      if (before === kind || before === 'v') continue
      const wider = before === undefined ? kind : isNumeric(before) && isNumeric(kind) ? 'f' : 'v'
      kinds[i] = wider
      if (wider === 'v' && ++valueColumns === fields.length) return undefined
    }
  }
  return kinds as ColumnKind[]
}

function hasOutline(value: unknown, form: RecordForm, fields: readonly string[]): boolean {
  if (form === 'plain') return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (typeof value !== 'object' || value === null) return false
  if (form === 'tuple')
    return Array.isArray(value) && value.length === fields.length && Object.keys(value).length === fields.length
  if (Array.isArray(value)) return false
  const names = Object.keys(value)
  return names.length === fields.length && names.every((name, i) => name === fields[i])
}

function kindOf(content: unknown): ColumnKind {
  switch (typeof content) {
    case 'number':
      return isInt32(content) ? 'i' : 'f'
    case 'string':
      return 's'
    case 'boolean':
      return 'b'
    default:
      return 'v'
  }
}

/** Whether an int32 column gives back exactly this number. */
export function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0)
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === 'i' || kind === 'f'
}
