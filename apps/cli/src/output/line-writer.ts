/** So much text is gathered before it is written at once. */
const CHUNK_CHARACTERS = 64 * 1024
/** … or after so long. */
const FLUSH_AFTER_MS = 50

/** Writes many short lines with few calls: a job may give a row for each of its input records. */
export class LineWriter {
  readonly #target: { write(text: string): unknown }
  #pending = ''
  #timer: NodeJS.Timeout | null = null

  constructor(target: { write(text: string): unknown }) {
    this.#target = target
  }

  write(line: string): void {
    this.#pending += `${line}\n`
    if (this.#pending.length >= CHUNK_CHARACTERS) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS)
  }

  /** Everything written so far has been handed on when it returns. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#pending === '') return
    const text = this.#pending
    this.#pending = ''
    this.#target.write(text)
  }
}

/** A row as text: JSON, with bigint (which JSON has not) as a string. */
export function rowText(row: unknown): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)) ?? 'null'
}
