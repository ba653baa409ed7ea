import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceSplit } from '@weir/engine/operators/source'
import { afterAll, describe, expect, test } from 'vitest'
import { sourceConformance } from '../testing/source-conformance.ts'
import { ReaderHarness, readAll, type SourceCase } from '../testing/source-harness.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { discoverFileSplits } from './discover-splits.ts'
import { fileSourceRuntime } from './file-source-reader.ts'

const folders: { remove: () => void }[] = []
afterAll(() => {
  for (const folder of folders) folder.remove()
})

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = tempFolder(files)
  folders.push(folder)
  return folder.path
}

function read(files: Readonly<Record<string, string | Uint8Array>>, config: object): Promise<unknown[]> {
  return readAll({ source: fileSourceRuntime, config, workdir: folderWith(files) })
}

/** Files cut at every few bytes: the splits that a huge file would have. */
const finelySplit = (bytes: number) => ({
  ...fileSourceRuntime,
  discoverSplits: (config: unknown, context: { parallelism: number; workdir: string }) =>
    discoverFileSplits(config as never, { ...context, parallelism: 1_000 }, bytes),
})

const lines = Array.from(
  { length: 60 },
  (_, i) => ['', 'a', `line ${i}`, 'é — ✓ 🌊'.repeat(i % 5), 'x'.repeat(i)][i % 5],
)

sourceConformance('fileSource of lines', () => ({
  source: finelySplit(40),
  config: { path: 'in.txt', format: 'lines' },
  workdir: folderWith({ 'in.txt': lines.map(line => `${line}\n`).join('') }),
  expected: lines,
}))

sourceConformance('fileSource of lines that end with CR LF, over several files', () => ({
  source: finelySplit(64),
  config: { path: 'in', format: 'lines' },
  workdir: folderWith({ 'in/a.txt': lines.slice(0, 30).join('\r\n'), 'in/b/c.txt': lines.slice(30).join('\r\n') }),
  expected: lines,
}))

const documents = Array.from({ length: 40 }, (_, i) => ({
  id: i,
  text: 'ü'.repeat(i % 7),
  nested: { list: [i, null] },
}))

sourceConformance('fileSource of JSON', () => ({
  source: finelySplit(50),
  config: { path: 'in.ndjson', format: 'json' },
  workdir: folderWith({ 'in.ndjson': documents.map(document => JSON.stringify(document)).join('\n') }),
  expected: documents,
}))

const rows = Array.from({ length: 50 }, (_, i) => ({ id: i, name: `n "${i}", ü`, ratio: i / 8, good: i % 2 === 0 }))
const csvOf = (name: (text: string) => string) =>
  `id,name,ratio,good\n${rows.map(row => `${row.id},${name(row.name)},${row.ratio},${row.good}\n`).join('')}`
const schema = { id: 'integer', ratio: 'number', good: 'boolean' }
const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`

sourceConformance('fileSource of CSV, split by byte range', () => ({
  source: finelySplit(60),
  config: { path: 'in.csv', format: 'csv', schema, multiline: false },
  workdir: folderWith({ 'in.csv': csvOf(quote) }),
  expected: rows,
}))

sourceConformance('fileSource of CSV with line breaks inside quotes', () => ({
  source: finelySplit(60),
  config: { path: 'in.csv', format: 'csv', schema },
  workdir: folderWith({ 'in.csv': csvOf(text => quote(`${text}\n\r\nmore`)) }),
  expected: rows.map(row => ({ ...row, name: `${row.name}\n\r\nmore` })),
}))

describe('the splits of a file source', () => {
  test('a line that spans several splits is read once, by the one in which it starts', async () => {
    const long = 'y'.repeat(1_000)
    const workdir = folderWith({ 'in.txt': `a\n${long}\nb\n` })
    const source = finelySplit(16)
    const config = { path: 'in.txt', format: 'lines' }
    expect((await source.discoverSplits(config, { parallelism: 1, workdir })).length).toBeGreaterThan(20)
    expect(await readAll({ source, config, workdir })).toEqual(['a', long, 'b'])
  })

  test('every way to cut a file in two gives the same lines', async () => {
    const text = 'ab\n\ncd\r\né\nlast'
    const workdir = folderWith({ 'in.txt': text })
    const size = Buffer.byteLength(text)
    for (let cut = 1; cut < size; cut++) {
      const harness = new ReaderHarness({
        source: fileSourceRuntime,
        config: { path: 'in.txt', format: 'lines' },
        workdir,
      })
      const split = (start: number, end: number) => ({ id: `${start}`, state: { path: 'in.txt', start, end } })
      harness.add([split(0, cut), split(cut, size)]).reader.noMoreSplits()
      await harness.run()
      expect(harness.records, `cut at ${cut}`).toEqual(['ab', '', 'cd', 'é', 'last'])
    }
  })

  test('there are about two a subtask, of at least 128 KB, in the order of the files', async () => {
    const workdir = folderWith({ 'in/b.txt': 'x\n'.repeat(1_000_000), 'in/a.txt': 'y\n', 'in/empty.txt': '' })
    const of = async (parallelism: number) =>
      (await discoverFileSplits({ path: 'in', format: 'lines' }, { parallelism, workdir })).map(split => split.id)
    expect(await of(1)).toEqual(['in/a.txt:0-2', 'in/b.txt:0-1000000', 'in/b.txt:1000000-2000000'])
    expect(await of(4)).toHaveLength(9)
    expect(await of(100)).toHaveLength(16)
  })

  test('a file that holds quoted line breaks is one split', async () => {
    const workdir = folderWith({ 'in.csv': `a,b\n${'1,2\n'.repeat(200_000)}` })
    const of = async (multiline?: boolean) =>
      (await discoverFileSplits({ path: 'in.csv', format: 'csv', multiline }, { parallelism: 2, workdir })).length
    expect(await of()).toBe(1)
    expect(await of(false)).toBe(4)
  })

  test('hidden files, files in progress and markers are passed over in a folder', async () => {
    const workdir = folderWith({ 'in/.part-1': 'no', 'in/_SUCCESS': 'no', 'in/part-1': 'yes', 'in/.git/x': 'no' })
    expect(await readAll({ source: fileSourceRuntime, config: { path: 'in', format: 'lines' }, workdir })).toEqual([
      'yes',
    ])
  })

  test('a pattern names the files that match, in order', async () => {
    const workdir = folderWith({ 'in/2/a.log': '2', 'in/1/b.log': '1', 'in/1/c.txt': 'no' })
    const config = { path: 'in/**/*.log', format: 'lines' }
    expect(await readAll({ source: fileSourceRuntime, config, workdir })).toEqual(['1', '2'])
  })

  test('a link in a folder stands for the file that it leads to', async () => {
    const workdir = folderWith({ 'in/a.txt': 'a', 'elsewhere/b.txt': 'b' })
    symlinkSync(join(workdir, 'elsewhere/b.txt'), join(workdir, 'in/link'))
    symlinkSync(workdir, join(workdir, 'in/round'))
    expect(await readAll({ source: fileSourceRuntime, config: { path: 'in', format: 'lines' }, workdir })).toEqual([
      'a',
      'b',
    ])
  })

  test('an empty folder is an input without records', async () => {
    expect(await read({ 'in/_x': '' }, { path: 'in', format: 'lines' })).toEqual([])
  })

  test.each([
    ['a missing file', 'missing.txt', 'FILE_ACCESS', /missing\.txt: there is no such file/],
    ['a pattern without a match', '*.none', 'FILE_ACCESS', /no file matches .*\*\.none/],
    ['a file in the place of a folder', 'file/x', 'FILE_ACCESS', /file\/x: a part of the path is a file/],
    ['a pattern that climbs', 'sub/*/../../x', 'PATH_NOT_ALLOWED', /has "\.\." after a wildcard/],
    ['a link that leads nowhere', 'sub', 'FILE_ACCESS', /sub\/link: there is no such file/],
  ])('%s is an error that names it', async (_, path, code, message) => {
    const workdir = folderWith({ file: 'x', 'sub/y': 'y' })
    symlinkSync(join(workdir, 'nowhere'), join(workdir, 'sub/link'))
    const found = discoverFileSplits({ path, format: 'lines' }, { parallelism: 1, workdir })
    await expect(found).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

describe('positions', () => {
  const read = async (which: SourceCase, splits: readonly SourceSplit[], room = Number.POSITIVE_INFINITY) => {
    const harness = new ReaderHarness(which).add(splits)
    harness.reader.noMoreSplits()
    harness.room = room
    await harness.run()
    return harness
  }

  test('are right after every single line, empty ones too', async () => {
    const text = '\n\na\n\r\né\n\n\nlast\n\n'
    const expected = ['', '', 'a', '', 'é', '', '', 'last', '']
    const config = { path: 'in.txt', format: 'lines' }
    const which = { source: fileSourceRuntime, config, workdir: folderWith({ 'in.txt': text }) }
    const splits = await fileSourceRuntime.discoverSplits(config, { parallelism: 1, workdir: which.workdir })
    for (let taken = 1; taken < expected.length; taken++) {
      const first = await read(which, splits, taken)
      const rest = await read(which, first.reader.snapshot())
      expect([first.records, rest.records]).toEqual([expected.slice(0, taken), expected.slice(taken)])
    }
  })

  test('are right while the reader waits for the next bytes', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `line ${i} ${'.'.repeat(i % 100)}`)
    const config = { path: 'in.txt', format: 'lines' }
    const which = { source: fileSourceRuntime, config, workdir: folderWith({ 'in.txt': lines.join('\n') }) }
    let splits = await fileSourceRuntime.discoverSplits(config, { parallelism: 1, workdir: which.workdir })
    const records: unknown[] = []
    for (let waits = 0; splits.length > 0; waits++) {
      expect(waits).toBeLessThan(1_000)
      const harness = new ReaderHarness(which).add(splits)
      harness.reader.noMoreSplits()
      // Until it has given something and then has nothing at hand.
      for (let answer = harness.reader.poll(harness); answer !== 'finished'; answer = harness.reader.poll(harness)) {
        if (answer === 'nothing' && harness.records.length > 0) break
        if (answer === 'nothing') await new Promise(resolve => setImmediate(resolve))
      }
      splits = harness.reader.snapshot()
      harness.reader.close()
      records.push(...harness.records)
    }
    expect(records).toEqual(lines)
  })
})

describe('reading files', () => {
  test.each([
    ['no line feed at the end', 'a\nb', ['a', 'b']],
    ['CR LF', 'a\r\nb\r\n', ['a', 'b']],
    ['empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['a byte order mark', '\ufeffa\nb\n', ['a', 'b']],
    ['a carriage return within a line', 'a\rb\n', ['a\rb']],
    ['one line feed', '\n', ['']],
    ['nothing', '', []],
  ])('lines: %s', async (_, text, expected) => {
    expect(await read({ 'in.txt': text }, { path: 'in.txt', format: 'lines' })).toEqual(expected)
  })

  test('characters of several bytes come whole, wherever chunks and blocks end', async () => {
    const line = 'añ€🌊'.repeat(1_000)
    const count = 200
    const text = Array.from({ length: count }, (_, i) => `${'-'.repeat(i)}${line}`).join('\n')
    expect(Buffer.byteLength(text)).toBeGreaterThan(3 * 512 * 1024)
    const records = await read({ 'in.txt': text }, { path: 'in.txt', format: 'lines' })
    expect(records).toEqual(text.split('\n'))
  })

  test('bytes that are no UTF-8 become replacement characters, and positions stay right', async () => {
    const bytes = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff, 0xe2, 0x82]), Buffer.from('\nb\nc\n')])
    const workdir = folderWith({ 'in.txt': bytes })
    const which = { source: fileSourceRuntime, config: { path: 'in.txt', format: 'lines' }, workdir }
    const harness = new ReaderHarness(which).add(
      await fileSourceRuntime.discoverSplits(which.config, { parallelism: 1, workdir }),
    )
    harness.room = 2
    await harness.run()
    const rest = new ReaderHarness(which).add(harness.reader.snapshot())
    rest.reader.noMoreSplits()
    await rest.run()
    expect([harness.records, rest.records]).toEqual([
      ['a', '\ufffd\ufffd'],
      ['b', 'c'],
    ])
  })

  test('a line longer than a chunk comes whole', async () => {
    const long = 'z'.repeat(3 * 1024 * 1024)
    expect(await read({ 'in.txt': `a\n${long}\nb` }, { path: 'in.txt', format: 'lines' })).toEqual(['a', long, 'b'])
  })

  test('a file that became shorter is an error, not an early end', async () => {
    const workdir = folderWith({ 'in.txt': 'a\nb\n' })
    const which = { source: fileSourceRuntime, config: { path: 'in.txt', format: 'lines' }, workdir }
    const harness = new ReaderHarness(which).add([{ id: 'x', state: { path: 'in.txt', start: 0, end: 100 } }])
    await expect(harness.run()).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      message: expect.stringMatching(/shorter/),
    })
    expect(harness.records).toEqual(['a', 'b'])
  })

  test('a file that is gone is an error that names it', async () => {
    const which = { source: fileSourceRuntime, config: { path: 'in.txt', format: 'lines' }, workdir: folderWith({}) }
    const harness = new ReaderHarness(which).add([{ id: 'x', state: { path: 'in.txt', start: 0, end: 100 } }])
    await expect(harness.run()).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      message: expect.stringMatching(/in\.txt/),
    })
  })
})

describe('records that cannot be read', () => {
  const broken = '{"a":1}\n\n{"a":\n{"a":3}\n'

  test('JSON that is none fails with file, line and byte', async () => {
    const reading = read({ 'in.ndjson': broken }, { path: 'in.ndjson', format: 'json' })
    await expect(reading).rejects.toMatchObject({
      code: 'INPUT_FORMAT',
      message: expect.stringMatching(/in\.ndjson, line 3 \(byte 9\): not one JSON document a line: .*onError: 'skip'/),
    })
  })

  test('they are left out and logged with onError skip', async () => {
    const workdir = folderWith({ 'in.ndjson': broken })
    const config = { path: 'in.ndjson', format: 'json', onError: 'skip' }
    const which = { source: fileSourceRuntime, config, workdir }
    const harness = new ReaderHarness(which).add(
      await fileSourceRuntime.discoverSplits(config, { parallelism: 1, workdir }),
    )
    harness.reader.noMoreSplits()
    await harness.run()
    expect(harness.records).toEqual([{ a: 1 }, { a: 3 }])
    expect(harness.logger.lines).toEqual([expect.stringMatching(/^left out: .*in\.ndjson, line 3/)])
    expect(harness.reader).toMatchObject({ skippedRecords: 1 })
  })

  test.each([
    ['a value of another type', 'id,n\n1,2\nx,4\n', /in\.csv, line 3 \(byte 9\): column "id": "x" is no integer/],
    ['too few fields', 'id,n\n1,2\n3\n', /in\.csv, line 3 \(byte 9\): the record has 1 fields, but the header names 2/],
    ['a quote that is not closed', 'id,n\n1,"2\n', /in\.csv, line 2 \(byte 5\) and after: not CSV: .*[Qq]uote/],
    ['a column that is not there', 'ids,n\n1,2\n', /line 1: the schema names the column "id", .*did you mean "ids"/],
  ])('CSV with %s fails with its place', async (_, text, message) => {
    const reading = read({ 'in.csv': text }, { path: 'in.csv', format: 'csv', schema: { id: 'integer' } })
    await expect(reading).rejects.toMatchObject({ code: 'INPUT_FORMAT', message: expect.stringMatching(message) })
  })

  test('CSV records with errors are left out with onError skip', async () => {
    const text = 'id,n\n1,2\nx,4\n5\n6,7\n'
    const config = { path: 'in.csv', format: 'csv', schema: { id: 'integer' }, onError: 'skip' }
    expect(await read({ 'in.csv': text }, config)).toEqual([
      { id: 1, n: '2' },
      { id: 6, n: '7' },
    ])
  })

  test('an empty field of a number is null, of a string empty', async () => {
    const config = { path: 'in.csv', format: 'csv', schema: { id: 'integer' } }
    expect(await read({ 'in.csv': '\ufeffid,n\r\n,\r\n' }, config)).toEqual([{ id: null, n: '' }])
  })

  test('names of fields that reach prototypes do no harm', async () => {
    const [csv] = await read({ 'in.csv': '__proto__,constructor\n1,2\n' }, { path: 'in.csv', format: 'csv' })
    const [json] = await read({ 'in.json': '{"__proto__":{"admin":true}}' }, { path: 'in.json', format: 'json' })
    expect(Object.entries(csv as object)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    expect(Object.getPrototypeOf(csv)).toBe(Object.prototype)
    expect((json as { admin?: boolean }).admin).toBeUndefined()
  })

  test('a header that names a column twice is refused', async () => {
    await expect(read({ 'in.csv': 'a,a\n1,2\n' }, { path: 'in.csv', format: 'csv' })).rejects.toThrow(
      /column "a" twice/,
    )
  })
})
