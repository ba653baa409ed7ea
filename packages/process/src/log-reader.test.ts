import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLogTail } from './log-reader.ts'
import { rotatedName } from './rotating-file.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-log-reader-'))
  file = join(folder, 'tm-1.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (msg: string, job = 'job_1') => `${JSON.stringify({ level: 'info', time: '', msg, job })}\n`
const newest = (limit: number, query: object = {}) =>
  readLogTail({ file, limit, ...query }).lines.map(({ msg }) => msg.slice(0, 20))

test('the newest lines of a large log are found from its end, also where lines cross the pieces that are read', () => {
  const messages = Array.from({ length: 6_000 }, (_, i) => `${i} ${'é'.repeat(i % 700)}`)
  writeFileSync(file, messages.map(msg => line(msg)).join(''))
  for (const limit of [1, 17, 3_000, 6_000, 10_000]) {
    const read = readLogTail({ file, limit })
    expect(read.lines.map(({ msg }) => msg)).toEqual(messages.slice(-limit))
    expect(readLogTail({ file, limit, after: read.cursor }).lines).toEqual([])
  }
})

test('a line that is longer than a piece is read whole', () => {
  const long = 'x'.repeat(3_000_000)
  writeFileSync(file, line('before') + line(long) + line('after'))
  expect(readLogTail({ file, limit: 10 }).lines.map(({ msg }) => msg.length)).toEqual([6, 3_000_000, 5])
})

test('a long line that is not finished is passed over, and follows when it is', () => {
  writeFileSync(file, line('before') + line('x'.repeat(2_000_000)).slice(0, -1))
  const first = readLogTail({ file, limit: 10 })
  expect(first.lines.map(({ msg }) => msg)).toEqual(['before'])
  appendFileSync(file, `\n${line('after')}`)
  const next = readLogTail({ file, limit: 10, after: first.cursor })
  expect(next.lines.map(({ msg }) => msg.length)).toEqual([2_000_000, 5])
})

test('a line that no call may read to its end stops nothing', () => {
  writeFileSync(file, line('x'.repeat(20_000_000)) + line('after'))
  writeFileSync(rotatedName(file, 1), line('older'))
  expect(newest(10)).toEqual(['after'])
})

test('the search goes on in older files until there are enough lines', () => {
  writeFileSync(file, line('three') + line('other', 'job_2'))
  writeFileSync(rotatedName(file, 1), line('two'))
  writeFileSync(rotatedName(file, 2), line('one'))
  expect(newest(2, { jobId: 'job_1' })).toEqual(['two', 'three'])
  expect(newest(9, { jobId: 'job_1' })).toEqual(['one', 'two', 'three'])
})

test('lines are searched by their message, in upper or lower case, when they are read and when they are followed', () => {
  writeFileSync(file, line('Reading A.csv') + line('done'))
  const first = readLogTail({ file, limit: 10, search: 'a.CSV' })
  expect(first.lines.map(({ msg }) => msg)).toEqual(['Reading A.csv'])
  appendFileSync(file, line('done') + line('reading a.csv again'))
  const next = readLogTail({ file, limit: 10, search: 'a.CSV', after: first.cursor })
  expect(next.lines.map(({ msg }) => msg)).toEqual(['reading a.csv again'])
  expect(newest(10, { search: '"job":' })).toEqual([])
})
