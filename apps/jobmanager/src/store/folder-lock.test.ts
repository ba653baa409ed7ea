import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-lock-'))
  path = join(folder, 'database', 'in-use.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

const files = () => readdirSync(join(folder, 'database'))

test('a lock is held once, and free again when it is released', () => {
  const lock = lockFolder(path)
  expect(() => lockFolder(path)).toThrow(`${folder}/database is in use by process ${process.pid}`)
  lock.release()
  lock.release()
  expect(existsSync(path)).toBe(false)
  lockFolder(path).release()
  expect(files()).toEqual([])
})

test('the lock of a process that lives is respected, and taken over when it has been killed', async () => {
  const module = join(import.meta.dirname, 'folder-lock.ts')
  const source = `import { lockFolder } from ${JSON.stringify(module)}
    lockFolder(${JSON.stringify(path)})
    console.log('locked')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], { stdio: 'pipe' })
  const exit = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exit])
  expect(() => lockFolder(path)).toThrow(`is in use by process ${child.pid}`)
  child.kill('SIGKILL')
  await exit
  lockFolder(path).release()
  expect(files()).toEqual([])
})

test('a process id that has gone to somebody else does not keep the folder', () => {
  lockFolder(path).release()
  // The parent lives, but it did not start then.
  writeFileSync(path, JSON.stringify({ pid: process.ppid, started: 'another-boot 1' }))
  lockFolder(path).release()
  // Without a start time the id alone decides.
  writeFileSync(path, JSON.stringify({ pid: process.ppid, started: null }))
  expect(() => lockFolder(path)).toThrow(`is in use by process ${process.ppid}`)
})

test('in a container every start has the same process id: its own old lock is taken over', () => {
  lockFolder(path).release()
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: null }))
  lockFolder(path).release()
  expect(files()).toEqual([])
})

test('a torn lock file is taken over', () => {
  lockFolder(path).release()
  for (const torn of ['', '{"pid":', '"text"', 'null']) {
    writeFileSync(path, torn)
    const lock = lockFolder(path)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid })
    lock.release()
  }
})
