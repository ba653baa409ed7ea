/** Generates src/generated from the .proto files. The result is committed, so that a build needs no generator. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const bin = join(folder, '../../node_modules/.bin')
rmSync(join(folder, 'src/generated'), { recursive: true, force: true })
execFileSync(join(bin, 'buf'), ['generate'], { cwd: folder, stdio: 'inherit' })
