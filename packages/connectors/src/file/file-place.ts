import { closeSync, openSync, readSync } from 'node:fs'

const LINE_FEED = 10
const BUFFER_BYTES = 1024 * 1024
/** Beyond this, counting lines would take longer than a person waits for a message. */
const COUNTED_BYTES_MAX = 4 * 1024 * 1024 * 1024

/** `path, line 12 (byte 345)`: where something in a file is wrong. Reads the file up to there: for messages only. */
export function filePlace(path: string, offset: number): string {
  const line = offset > COUNTED_BYTES_MAX ? undefined : lineAt(path, offset)
  return line === undefined ? `${path}, byte ${offset}` : `${path}, line ${line} (byte ${offset})`
}

function lineAt(path: string, offset: number): number {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.allocUnsafe(BUFFER_BYTES)
    let line = 1
    for (let at = 0; at < offset; ) {
      const count = readSync(file, bytes, 0, Math.min(bytes.length, offset - at), at)
      if (count === 0) break
      const read = bytes.subarray(0, count)
      for (let found = read.indexOf(LINE_FEED); found !== -1; found = read.indexOf(LINE_FEED, found + 1)) line++
      at += count
    }
    return line
  } finally {
    closeSync(file)
  }
}

/** The byte after the nth line feed, counted from 1; 0 for n = 0. */
export function afterLines(bytes: Buffer, lines: number): number {
  let at = 0
  for (let line = 0; line < lines; line++) at = bytes.indexOf(LINE_FEED, at) + 1
  return at
}
