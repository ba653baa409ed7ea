import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tempFolder } from '../testing/temp-folder.ts'
import { makeFolder } from './make-folder.ts'

const folder = tempFolder({ file: 'a' })
afterAll(folder.remove)

test('a folder is made with those above it, by several subtasks at once, and again', async () => {
  const path = join(folder.path, 'a/b/c')
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder.path, 'a/b/d'))])
  await makeFolder(path)
  expect(statSync(path).isDirectory()).toBe(true)
})

test('a file in its place, or above it, is an error', async () => {
  await expect(makeFolder(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(makeFolder(join(folder.path, 'file/b/c'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test.runIf(existsSync('/proc/self'))('a file system that makes no folders is an error, not a wait', async () => {
  await expect(makeFolder('/proc/of-nobody/out')).rejects.toMatchObject({ code: 'ENOENT' })
})
