import type { ReaderOutput, SplitOutput } from '@weir/engine/operators/source'

/**
 * Some records of a chunk, decoded. A block is small, so that the strings cut out of it keep little memory alive, and
 * that text outside of ASCII makes only its own neighbourhood slower.
 */
export interface RecordBlock {
  /** Emits until `limit` records are through, the output is blocked, or the block is at its end. Answers how many. */
  emit(output: ReaderOutput, split: SplitOutput, limit: number): number
  readonly done: boolean
  /** Bytes of the block up to the next record. Asked for seldom, so it may take its time. */
  position(): number
}

export interface BlockFormat {
  /** How long a block of whole records in `bytes` is, from `from` on. */
  blockEnd(bytes: Buffer, from: number): number
  /** `offset`: where the bytes stand in the file. */
  block(bytes: Buffer, offset: number): RecordBlock
}

const LINE_FEED = 10

/** The end of the lines that fit into `size` bytes from `from` on: at least one line. */
export function linesEnd(bytes: Buffer, from: number, size: number): number {
  if (bytes.length - from <= size) return bytes.length
  const last = bytes.lastIndexOf(LINE_FEED, from + size - 1)
  if (last >= from) return last + 1
  const next = bytes.indexOf(LINE_FEED, from + size)
  return next === -1 ? bytes.length : next + 1
}
