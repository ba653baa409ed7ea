import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A text of at least `bytes`: the book again and again. Made once. */
export function largeText(book: string, target: string, bytes: number): string {
  if (existsSync(target) && statSync(target).size >= bytes) return target
  const text = readFileSync(book)
  mkdirSync(dirname(target), { recursive: true })
  const part = `${target}.part`
  const file = openSync(part, 'w')
  for (let written = 0; written < bytes; written += text.length) writeSync(file, text)
  closeSync(file)
  renameSync(part, target)
  return target
}
