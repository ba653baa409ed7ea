import { WeirError } from '@weir/engine/base/errors'
import type { ReaderOutput, SplitOutput } from '@weir/engine/operators/source'
import { NO_TIMESTAMP } from '@weir/engine/record/stream-element'
import { type CsvError, parse } from 'csv-parse/sync'
import { type ColumnConverter, columnConverters } from './csv-columns.ts'
import type { ColumnType } from './file-config-schemas.ts'
import { filePlace } from './file-place.ts'
import type { Refuse } from './json-lines.ts'
import { type BlockFormat, linesEnd, type RecordBlock } from './record-block.ts'

const BLOCK_BYTES = 64 * 1024

export interface CsvOptions {
  readonly path: string
  readonly header: readonly string[]
  readonly schema: Readonly<Record<string, ColumnType>>
  /** Whether a quoted field may hold line breaks. */
  readonly multiline: boolean
  readonly refuse: Refuse
}

/** CSV by RFC 4180, as objects by the header's names. */
export class CsvFormat implements BlockFormat {
  readonly #options: CsvOptions
  readonly #columns: readonly ColumnConverter[]

  constructor(options: CsvOptions) {
    this.#options = options
    this.#columns = columnConverters(options.header, options.schema, options.path)
  }

  blockEnd(bytes: Buffer, from: number): number {
    // A line break may stand inside quotes; only the chunk as a whole is known to end with a record.
    return this.#options.multiline ? bytes.length : linesEnd(bytes, from, BLOCK_BYTES)
  }

  block(bytes: Buffer, offset: number): RecordBlock {
    return new CsvBlock(bytes, offset, this.#options, this.#columns)
  }
}

/** A record that was parsed, and the bytes of the block up to its end. */
interface Row {
  readonly record: string[]
  readonly info: { readonly bytes: number }
}

class CsvBlock implements RecordBlock {
  readonly #bytes: Buffer
  readonly #offset: number
  readonly #options: CsvOptions
  readonly #columns: readonly ColumnConverter[]
  readonly #rows: readonly string[][]
  #next = 0

  constructor(bytes: Buffer, offset: number, options: CsvOptions, columns: readonly ColumnConverter[]) {
    this.#bytes = bytes
    this.#offset = offset
    this.#options = options
    this.#columns = columns
    this.#rows = this.#parse(options.refuse, false) as string[][]
  }

  emit(output: ReaderOutput, split: SplitOutput, limit: number): number {
    const rows = this.#rows
    let emitted = 0
    while (this.#next < rows.length && emitted < limit && !output.blocked) {
      const row = rows[this.#next] as string[]
      const record = this.#record(row)
      this.#next++
      emitted++
      if (record !== undefined) split.collect(record, NO_TIMESTAMP)
    }
    return emitted
  }

  get done(): boolean {
    return this.#next >= this.#rows.length
  }

  position(): number {
    return this.done ? this.#bytes.length : this.#startOf(this.#next)
  }

  #record(row: readonly string[]): Record<string, unknown> | undefined {
    const columns = this.#columns
    if (row.length !== columns.length) {
      this.#options.refuse(() =>
        this.#problem(`the record has ${row.length} fields, but the header names ${columns.length}`),
      )
      return undefined
    }
    const record: Record<string, unknown> = {}
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index] as ColumnConverter
      const value = column.convert(row[index] as string)
      if (value === undefined) {
        const { name, type } = column
        this.#options.refuse(() =>
          this.#problem(`column "${name}": ${JSON.stringify(row[index]?.slice(0, 80))} is no ${type}`),
        )
        return undefined
      }
      column.assign(record, value)
    }
    return record
  }

  #problem(what: string): WeirError {
    const { path } = this.#options
    return new WeirError(
      'INPUT_FORMAT',
      `${filePlace(path, this.#offset + this.#startOf(this.#next))}: ${what}; correct it, or set onError: 'skip'`,
      { place: { file: path } },
    )
  }

  /** Parsing again with positions: they cost more than the parsing itself, and are asked for seldom. */
  #startOf(row: number): number {
    if (row === 0) return 0
    const rows = this.#parse(() => undefined, true) as Row[]
    return rows[row - 1]?.info.bytes ?? this.#bytes.length
  }

  #parse(refuse: Refuse, info: boolean): unknown[] {
    return parse(this.#bytes, {
      info,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: cause => {
        refuse(() => this.#notCsv(cause))
        return undefined
      },
    }) as unknown[]
  }

  #notCsv(cause: CsvError | undefined): WeirError {
    const { path } = this.#options
    const why = cause?.message ?? 'the record cannot be read'
    return new WeirError(
      'INPUT_FORMAT',
      `${filePlace(path, this.#offset)} and after: not CSV: ${why}; correct it, or set onError: 'skip'`,
      { cause, place: { file: path } },
    )
  }
}
