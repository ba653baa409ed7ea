import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryLockFolder } from './folder-lock.ts'

let folder: string
let other: ChildProcess | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-lock-'))
})
afterEach(() => {
  other?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

test('a folder has one owner for a purpose until it is released', () => {
  const first = tryLockFolder(folder, 'cluster')
  expect(first).not.toBeNull()
  expect(tryLockFolder(folder, 'cluster')).toBeNull()
  expect(tryLockFolder(folder, 'other')).not.toBeNull()
  first!.release()
  expect(tryLockFolder(folder, 'cluster')).not.toBeNull()
})

test('another process is refused, and the lock of one killed with -9 is free at once', async () => {
  const script = `
    import { tryLockFolder } from '${join(import.meta.dirname, 'folder-lock.ts')}'
    const got = tryLockFolder('${folder}', 'cluster') !== null
    // A lock that nobody refers to any more is still held.
    gc()
    console.log(got)
    setInterval(() => 0, 1000)`
  const flags = ['--expose-gc', '--input-type=module', '-e', script]
  other = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [answer] = await once(other.stdout!, 'data')
  expect(String(answer).trim()).toBe('true')
  expect(tryLockFolder(folder, 'cluster')).toBeNull()
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(tryLockFolder(folder, 'cluster')).not.toBeNull()
})

test('a folder that cannot be made is an error that names it', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => tryLockFolder(join(folder, 'file', 'below'), 'cluster')).toThrow(/file\/below cannot be used/)
})
