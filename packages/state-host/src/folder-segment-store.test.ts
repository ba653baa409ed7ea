import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderSegmentStore } from './folder-segment-store.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-segment-store-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LARGE = [new Uint8Array(16 * 1024 * 1024), new Uint8Array(16 * 1024 * 1024)]

test('a write that is given up leaves nothing, one that was through stays, and no other begins', async () => {
  const store = new FolderSegmentStore(folder, 'me')
  await store.write('job/1.segment', [new Uint8Array(10)])
  const given = store.write('job/2.segment', LARGE).catch((error: unknown) => error)
  await store.end()
  expect(readdirSync(join(folder, 'job'))).toEqual(['1.segment'])
  expect(await given).toMatchObject({ code: 'FILE_ACCESS', message: expect.stringContaining("'job/2.segment'") })
  await expect(store.write('job/3.segment', [])).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  expect(await store.names()).toEqual(['job/1.segment'])
})

test('a folder that is not there yet has nothing unfinished', async () => {
  await new FolderSegmentStore(join(folder, 'not there'), 'me').removeUnfinished()
  expect(readdirSync(folder)).toEqual([])
})
