import { appendFileSync, mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOG_LEVELS, readLogTail, readLogTailInSlices } from './log-reader.ts'
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

test('lines of a level and of those that are worse are found, when they are read and when they are followed', () => {
  const write = (levels: readonly string[]) =>
    levels.map(level => `${JSON.stringify({ level, time: '', msg: level })}\n`).join('')
  writeFileSync(file, write([...LOG_LEVELS, 'odd']))
  expect(newest(10, { level: 'warn' })).toEqual(['warn', 'error', 'fatal'])
  expect(newest(10, { level: 'info' })).toEqual(['info', 'warn', 'error', 'fatal', 'odd'])
  const { cursor } = readLogTail({ file, limit: 10, level: 'error' })
  appendFileSync(file, write(['info', 'error']))
  expect(newest(10, { level: 'error', after: cursor })).toEqual(['error'])
})

test('a large log is read in slices between which others have a turn, with the same outcome', async () => {
  writeFileSync(file, Array.from({ length: 40_000 }, (_, i) => line(`${i} ${'x'.repeat(60)}`)).join(''))
  let turns = 0
  const turn = async (): Promise<void> => {
    turns++
  }
  const query = { file, limit: 10, search: '39999 ' }
  expect(await readLogTailInSlices(query, turn)).toEqual(readLogTail(query))
  expect(turns).toBeGreaterThan(5)
  turns = 0
  const all = { file, limit: 100_000, after: '0:0' }
  expect((await readLogTailInSlices(all, turn)).lines).toHaveLength(40_000)
  expect(turns).toBeGreaterThan(5)
})

test('whoever ends the waiting between two slices ends the reading', async () => {
  writeFileSync(file, Array.from({ length: 40_000 }, (_, i) => line(`${i}`)).join(''))
  const given = readLogTailInSlices({ file, limit: 10, search: 'nothing' }, async () => {
    throw new Error('enough')
  })
  await expect(given).rejects.toThrow('enough')
})

test('no log is open while others have their turn', async () => {
  writeFileSync(file, Array.from({ length: 40_000 }, (_, i) => line(`${i}`)).join(''))
  writeFileSync(rotatedName(file, 1), line('older'))
  const open = () => readdirSync('/proc/self/fd').filter(fd => targetOf(fd).startsWith(dirname(file)))
  let turns = 0
  await readLogTailInSlices({ file, limit: 10, search: 'nothing' }, async () => {
    turns++
    expect(open()).toEqual([])
  })
  expect(turns).toBeGreaterThan(3)
})

test('a log that is rotated between two slices is read to its end', async () => {
  const texts = Array.from({ length: 40_000 }, (_, i) => `${i}`)
  writeFileSync(file, texts.map(text => line(text)).join(''))
  let rotations = 0
  const rotate = async (): Promise<void> => {
    if (rotations > 0) return
    rotations++
    renameSync(file, rotatedName(file, 1))
    writeFileSync(file, line('new'))
  }
  const { lines, cursor } = await readLogTailInSlices({ file, limit: 100_000, after: '0:0' }, rotate)
  expect(lines.map(({ msg }) => msg)).toEqual(texts)
  expect(rotations).toBe(1)
  expect(readLogTail({ file, limit: 10, after: cursor }).lines.map(({ msg }) => msg)).toEqual(['new'])
})

test('of a log that is deleted between two slices there is what was read before', async () => {
  writeFileSync(file, Array.from({ length: 40_000 }, (_, i) => line(`${i}`)).join(''))
  const { lines } = await readLogTailInSlices({ file, limit: 100_000, after: '0:0' }, async () => {
    rmSync(file, { force: true })
  })
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(40_000)
})

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch (error) {
    // The one of the listing itself is closed by now.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
