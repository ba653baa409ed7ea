import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const PROBE = fileURLToPath(new URL('./testing/fault-probe.ts', import.meta.url))
const NOBODY = 65_534
const run = promisify(execFile)

interface Outcome {
  readonly first: { readonly code: string; readonly message: string; readonly place: Record<string, unknown> }
  readonly second: { readonly rows: number }
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-faults-'))
  chmodSync(folder, 0o755)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** What Node is started with so that RocksDB's binding is this module, or that its import throws. */
function withBinding(text: string): string[] {
  const hooks = `import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) =>
    name === 'rocksdb-native' ? { url: 'binding:rocksdb', format: 'module', shortCircuit: true } : next(name, context),
  load: (url, context, next) =>
    url === 'binding:rocksdb'
      ? { format: 'module', shortCircuit: true, source: ${JSON.stringify(text)} }
      : next(url, context),
})`
  return ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`]
}

describe('a library that fails fails the job that needs it, long before a disk would count as broken', () => {
  it.each([
    [
      'when it cannot be loaded',
      "throw new Error('invalid ELF header')",
      /cannot be loaded: invalid ELF header.*npm ci/,
    ],
    [
      'when it ends the thread that it runs in',
      "export default class { ready() { return new Promise(() => setImmediate(() => { throw new Error('crash') })) } }",
      /was closed: its thread has ended/,
    ],
  ])('%s', { timeout: 30_000 }, async (_when, binding, message) => {
    const { stdout } = await run(process.execPath, [...withBinding(binding), PROBE, join(folder, 'state'), '2000'], {
      timeout: 20_000,
    })
    const { first, second } = JSON.parse(stdout) as Outcome
    expect(first).toMatchObject({ code: 'STATE_DISK', place: { operator: 'keep', subtask: 0 } })
    expect(first.message).toMatch(message)
    expect(second).toEqual({ rows: 2000 })
  })
})

describe('a disk that fails fails the job that needs it, by name, and the process lives', () => {
  it('where the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { stdout } = await run(process.execPath, [PROBE, join(folder, 'file', 'state'), '2000'])
    const { first, second } = JSON.parse(stdout) as Outcome
    expect(first).toMatchObject({ code: 'STATE_DISK', place: { operator: 'keep', subtask: 0 } })
    expect(first.message).toMatch(/could not be kept in .*file\/state.*raise MEMORY_SIZE/)
    expect(second).toEqual({ rows: 2000 })
  })

  // Only root may become another user; others cannot write what belongs to root.
  it('where the user may not write', async context => {
    const own = join(folder, 'not yours')
    mkdirSync(own, { mode: 0o555 })
    const isRoot = process.getuid?.() === 0
    try {
      const { stdout } = await run(process.execPath, [PROBE, join(own, 'state'), '2000'], {
        cwd: folder,
        env: { HOME: folder },
        ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
      })
      const { first, second } = JSON.parse(stdout) as Outcome
      expect(first).toMatchObject({ code: 'STATE_DISK', place: { operator: 'keep', subtask: 0 } })
      expect(first.message).toMatch(/permission denied.*cannot be written by the user.*give it the right/i)
      expect(second).toEqual({ rows: 2000 })
    } catch (error) {
      // The other user may not even read this clone.
      if (isRoot && /EACCES|Cannot find module|MODULE_NOT_FOUND/.test(String(error))) context.skip()
      throw error
    }
  })

  it('where a file may not grow any more', async () => {
    // The limit of the shell stands in for a disk that is full: writes fail in the same place.
    const command = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`
    const { stdout } = await run('/bin/sh', ['-c', command, process.execPath, PROBE, join(folder, 'state'), '40000'])
    const { first, second } = JSON.parse(stdout) as Outcome
    expect(first).toMatchObject({ code: 'STATE_DISK', place: { operator: 'keep', subtask: 0 } })
    expect(first.message).toMatch(/could not be kept in .*state: .*(too large|space|IO error)/i)
    expect(second).toEqual({ rows: 40_000 })
  })
})
