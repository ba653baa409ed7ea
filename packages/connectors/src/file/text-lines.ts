import { isAscii } from 'node:buffer'
import type { ReaderOutput, SplitOutput } from '@weir/engine/operators/source'
import { NO_TIMESTAMP } from '@weir/engine/record/stream-element'
import { afterLines } from './file-place.ts'
import { type BlockFormat, linesEnd, type RecordBlock } from './record-block.ts'

const BLOCK_BYTES = 16 * 1024
const CARRIAGE_RETURN = 13

/** What a line becomes; undefined leaves it out. `offset` gives its place in the file, for messages. */
export type LineParser = (line: string, offset: () => number) => unknown

/** Lines, ended by LF or CRLF or the end of the file, decoded as UTF-8. */
export class LineFormat implements BlockFormat {
  readonly #parse: LineParser | undefined

  constructor(parse?: LineParser) {
    this.#parse = parse
  }

  blockEnd(bytes: Buffer, from: number): number {
    return linesEnd(bytes, from, BLOCK_BYTES)
  }

  block(bytes: Buffer, offset: number): RecordBlock {
    return new LineBlock(bytes, offset, this.#parse)
  }
}

class LineBlock implements RecordBlock {
  readonly #bytes: Buffer
  readonly #offset: number
  readonly #text: string
  readonly #parse: LineParser | undefined
  #at = 0

  constructor(bytes: Buffer, offset: number, parse: LineParser | undefined) {
    this.#bytes = bytes
    this.#offset = offset
    this.#parse = parse
    // Decoding Latin-1 is a copy; in ASCII it says the same as UTF-8.
    this.#text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
    if (offset === 0 && this.#text.charCodeAt(0) === 0xfeff) this.#at = 1
  }

  emit(output: ReaderOutput, split: SplitOutput, limit: number): number {
    const text = this.#text
    const parse = this.#parse
    let at = this.#at
    let emitted = 0
    while (at < text.length && emitted < limit && !output.blocked) {
      const found = text.indexOf('\n', at)
      const end = found === -1 ? text.length : found
      const line = text.slice(at, end > at && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end)
      emitted++
      let value: unknown = line
      if (parse !== undefined) {
        const start = at
        value = parse(line, () => this.#offset + this.#bytesBefore(start))
      }
      // Moved on first: whatever collecting throws, this record is through.
      at = end + 1
      this.#at = at
      if (value !== undefined) split.collect(value, NO_TIMESTAMP)
    }
    return emitted
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  position(): number {
    return this.done ? this.#bytes.length : this.#bytesBefore(this.#at)
  }

  /** Line feeds are the same in text and bytes, whatever stands between them: so their number tells the place. */
  #bytesBefore(at: number): number {
    let lines = 0
    for (let found = this.#text.indexOf('\n'); found !== -1 && found < at; found = this.#text.indexOf('\n', found + 1))
      lines++
    return afterLines(this.#bytes, lines)
  }
}
