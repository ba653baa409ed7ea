import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of its own for one test file; with its files, by path. */
export function tempFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): {
  path: string
  remove: () => void
} {
  const path = mkdtempSync(join(tmpdir(), 'weir-connectors-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
