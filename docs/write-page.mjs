// What the generators of this folder share.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Text as the content of one cell of a table. */
export function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
}

/** A table without padding: a change of one cell changes one line. */
export function table(header, rows) {
  const line = cells => `| ${cells.join(' | ')} |`
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)]
}

/** Writes a generated page of this folder; with `--check`, compares it and ends with exit code 1 where it differs. */
export function writePage(name, lines) {
  const path = join(import.meta.dirname, name)
  const text = `${lines.join('\n')}\n`
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text)
    return
  }
  if (readFileSync(path, 'utf8') === text) return
  console.error(`docs/${name} is out of date: run node_modules/.bin/node docs/generate.mjs`)
  process.exitCode = 1
}
