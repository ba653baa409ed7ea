import type { SourcePlace } from '@weir/proto/web/pipeline'

/** `at f (words.ts:3:14)` or `at words.ts:3:14`; lines and columns from 1. */
const FRAME = /^\s*at (?:.*\()?([^\s()]+):(\d+):(\d+)\)?$/

interface UserFrame extends SourcePlace {
  readonly file: string
}

/**
 * The topmost frame of a stack that lies in a file of the user, or in the given one. Frames of Weir and Node have absolute
 * paths, URLs or a scheme; those of users' files were mapped to the name under which the file was submitted.
 */
export function topmostPlace(stack: string | null, fileName?: string): UserFrame | null {
  if (stack === null) return null
  for (const line of stack.split('\n')) {
    const frame = FRAME.exec(line)
    if (frame === null) continue
    const [, file, row, column] = frame
    if (isForeign(file!) || (fileName !== undefined && file !== fileName)) continue
    return { file: file!, line: Number(row), column: Number(column) }
  }
  return null
}

function isForeign(file: string): boolean {
  return /^(\/|[a-z]+:|<)/i.test(file) || file.includes('node_modules/')
}
