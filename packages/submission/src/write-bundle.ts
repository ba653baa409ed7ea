import { createHash } from 'node:crypto'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a bundle into a folder, which is made where it is missing, and gives its absolute path. The name follows from
 * the content, so the same bundle is written once; it has to stay while the job runs.
 */
export async function writeBundle(code: string, folder: string): Promise<string> {
  const file = join(folder, `job-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`)
  if (await stat(file).then(found => found.isFile(), isMissing)) return file
  await mkdir(folder, { recursive: true })
  // Renamed into place, so that a slot that starts at the same time never reads half a file.
  const part = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}.part`
  await writeFile(part, code)
  await rename(part, file)
  return file
}

function isMissing(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
  throw error
}
