import { type BatchSections, sectionsOf, TIMESTAMPS } from './batch-layout.ts'
import type { ByteBuffer } from './byte-buffer.ts'
import { type ColumnEncoder, type ColumnTarget, generateColumnEncoder, interpretColumns } from './column-encoder.ts'
import { type ColumnKind, outlineOf, RecordShape, widenKinds } from './record-shape.ts'
import type { ValueWriter } from './value-writer.ts'

/** Encoders are kept for this many outlines; more make the cache start anew. */
const OUTLINES_MAX = 256
const NO_BYTES = new Uint8Array(0)

interface KnownShape {
  readonly shape: RecordShape
  readonly descriptor: Uint8Array
  readonly encode: ColumnEncoder
}

/**
 * Finds the shape of a batch and writes its columns. It tries the shape of the batch before, and looks for another
 * only when a record does not fit. Kinds only ever widen (int32 → float64, anything → values), so that a field whose
 * values vary from batch to batch does not have code made for it again and again.
 */
export class ShapeMatcher {
  /** Of the last `encode`: where the sections lie, all strings of the columns, and the descriptor's bytes. */
  sections: BatchSections = sectionsOf(0, 0, 0, 0)
  text = ''
  descriptor: Uint8Array = NO_BYTES

  readonly #values: ValueWriter
  readonly #generate: boolean
  readonly #known = new Map<string, KnownShape>()
  #current: KnownShape | undefined
  #prototype: object | null = null

  constructor(values: ValueWriter, generate: boolean) {
    this.#values = values
    this.#generate = generate
  }

  /**
   * Writes the columns of values[0, count) into `out`, leaving room for the timestamps, and those without a type into
   * the value writer. Returns false when the records have no shape in common: only the room for timestamps is then
   * made, and the value writer has to begin anew.
   */
  encode(values: readonly unknown[], count: number, timestamps: number, out: ByteBuffer): boolean {
    if (count > 0 && this.#encodeColumns(values, count, timestamps, out)) return true
    this.#layOut(undefined, count, timestamps, out)
    return false
  }

  /** Lets go of the batch's text. */
  forget(): void {
    this.text = ''
  }

  #encodeColumns(values: readonly unknown[], count: number, timestamps: number, out: ByteBuffer): boolean {
    if (this.#current !== undefined) {
      const stop = this.#run(this.#current, values, count, timestamps, out)
      if (stop === count) return true
      const widened = this.#widen(this.#current, values, stop, count)
      if (widened !== undefined) {
        if (stop === 0) this.#prototype = prototypeOf(values[0])
        this.#current = widened
      }
      if (widened === undefined && !this.#choose(values, count)) return false
    } else if (!this.#choose(values, count)) return false
    // The kinds now fit every record, so this stops early only for what looks one way and reads another: a prototype
    // that differs from record to record or has fields of its own, or a getter that changes its mind.
    return this.#run(this.#current!, values, count, timestamps, out) === count
  }

  #run(known: KnownShape, values: readonly unknown[], count: number, timestamps: number, out: ByteBuffer): number {
    this.#layOut(known, count, timestamps, out)
    const target: ColumnTarget = {
      float64: out.float64,
      float64At: this.sections.float64 / 8 + (timestamps === TIMESTAMPS.each ? count : 0),
      int32: out.int32,
      int32At: this.sections.int32 / 4 + (timestamps === TIMESTAMPS.differences ? count : 0),
      bytes: out.bytes,
      bytesAt: this.sections.bytes,
      values: this.#values,
      text: '',
    }
    this.#values.begin()
    const stop = known.encode(values, count, this.#prototype, target)
    this.text = target.text
    return stop
  }

  #layOut(known: KnownShape | undefined, count: number, timestamps: number, out: ByteBuffer): void {
    const shape = known?.shape
    this.sections = sectionsOf(
      count,
      (shape?.float64Columns ?? 0) + (timestamps === TIMESTAMPS.each ? 1 : 0),
      (shape?.int32Columns ?? 0) + (timestamps === TIMESTAMPS.differences ? 1 : 0),
      shape?.byteColumns ?? 0,
    )
    this.descriptor = known?.descriptor ?? NO_BYTES
    this.text = ''
    out.position = 0
    out.reserve(this.sections.text)
  }

  /** The same outline with kinds that fit the records from `stop` on, or undefined when none does. */
  #widen(known: KnownShape, values: readonly unknown[], stop: number, count: number): KnownShape | undefined {
    const { form, fields, kinds } = known.shape
    const widened = widenKinds(form, fields, kinds, values, stop, count)
    if (widened === undefined || widened.every((kind, i) => kind === kinds[i])) return undefined
    return this.#know(form, fields, widened)
  }

  /** Takes the outline of the first record, when all others have it, too. */
  #choose(values: readonly unknown[], count: number): boolean {
    this.#current = undefined
    const first = values[0]
    const outline = outlineOf(first)
    if (outline === undefined) return false
    // Most records that have no typed field look so from the first on: do not go through all of them to see it.
    if (widenKinds(outline.form, outline.fields, undefined, values, 0, 1) === undefined) return false
    const before = this.#known.get(outlineKey(outline.form, outline.fields))
    const kinds = widenKinds(outline.form, outline.fields, before?.shape.kinds, values, 0, count)
    if (kinds === undefined) return false
    this.#prototype = prototypeOf(first)
    const fits = before !== undefined && kinds.every((kind, i) => kind === before.shape.kinds[i])
    this.#current = fits ? before : this.#know(outline.form, outline.fields, kinds)
    return true
  }

  #know(form: RecordShape['form'], fields: readonly string[], kinds: readonly ColumnKind[]): KnownShape {
    const shape = new RecordShape(form, fields, kinds)
    const known: KnownShape = {
      shape,
      descriptor: latin1Bytes(shape.descriptor),
      encode: this.#generate ? generateColumnEncoder(shape) : interpretColumns(shape),
    }
    if (this.#known.size >= OUTLINES_MAX) this.#known.clear()
    this.#known.set(outlineKey(form, fields), known)
    return known
  }
}

function prototypeOf(value: unknown): object | null {
  return typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : null
}

function outlineKey(form: string, fields: readonly string[]): string {
  return JSON.stringify([form, ...fields])
}

function latin1Bytes(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, unit => unit.charCodeAt(0))
}
