import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import { parse } from 'csv-parse/sync'
import { afterEach, describe, expect, test } from 'vitest'
import { sinkConformance } from '../testing/sink-conformance.ts'
import { WriterHarness } from '../testing/sink-harness.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { fileSinkRuntime } from './file-sink-writer.ts'

const folders: { remove: () => void }[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove()
})

function workFolder(): string {
  const folder = tempFolder()
  folders.push(folder)
  return folder.path
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : []
}

function visibleTexts(folder: string): string[] {
  return namesIn(folder)
    .filter(name => !name.startsWith('.'))
    .map(name => readFileSync(join(folder, name), 'utf8'))
}

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)

describe.each([undefined, 1, 20])('with part files of %s bytes', rollBytes => {
  sinkConformance('fileSink of JSON', () => {
    const workdir = workFolder()
    const folder = join(workdir, 'out/json')
    return {
      sink: fileSinkRuntime,
      config: { path: 'out/json', format: 'json', rollBytes },
      workdir,
      records: [{ word: 'sea', count: 1 }, { text: 'a\nb "c" é' }, [1, null], 'plain', 5],
      visible: () =>
        visibleTexts(folder)
          .flatMap(linesOf)
          .map(line => JSON.parse(line)),
      immediate: false,
      traces: () => namesIn(folder),
    }
  })
})

sinkConformance('fileSink of lines', () => {
  const workdir = workFolder()
  return {
    sink: fileSinkRuntime,
    config: { path: 'out', format: 'lines' },
    workdir,
    records: ['one', '', 'zwölf 🌊'],
    visible: () => visibleTexts(join(workdir, 'out')).flatMap(linesOf),
    immediate: false,
    traces: () => namesIn(join(workdir, 'out')),
  }
})

sinkConformance('fileSink of CSV', () => {
  const workdir = workFolder()
  return {
    sink: fileSinkRuntime,
    config: { path: 'out', format: 'csv' },
    workdir,
    records: [
      { id: '1', text: 'plain' },
      { id: '2', text: 'a "quoted", one\nof two lines' },
    ],
    visible: () => visibleTexts(join(workdir, 'out')).flatMap(text => parse(text, { columns: true })),
    immediate: false,
    traces: () => namesIn(join(workdir, 'out')),
  }
})

async function opened(workdir: string, config: object, rest: object = {}): Promise<WriterHarness> {
  const harness = new WriterHarness({ sink: fileSinkRuntime, config: { path: 'out', ...config }, workdir, ...rest })
  await harness.writer.open()
  return harness
}

describe('part files', () => {
  test('are hidden while they are written, and have a name of their own for each subtask', async () => {
    const workdir = workFolder()
    const writers = await Promise.all([0, 1].map(subtask => opened(workdir, { format: 'json' }, { subtask })))
    for (const writer of writers) await writer.write({ a: 1 })
    await Promise.all(writers.map(writer => writer.prepare()))
    expect(namesIn(join(workdir, 'out'))).toEqual([
      '.part-job_00000001-sink-1-0-0-00000.inprogress',
      '.part-job_00000001-sink-1-1-0-00000.inprogress',
    ])
  })

  test('get their visible names by the commit', async () => {
    const workdir = workFolder()
    const harness = await opened(workdir, { format: 'lines' })
    await harness.write('a')
    await harness.committer?.commit(await harness.prepare())
    await harness.write('b')
    await harness.finish()
    expect(namesIn(join(workdir, 'out'))).toEqual([
      'part-job_00000001-sink-1-0-00000.txt',
      'part-job_00000001-sink-1-0-00001.txt',
    ])
  })

  test('a long uid with any characters makes a plain file name', async () => {
    const workdir = workFolder()
    const writer = fileSinkRuntime.createWriter(
      { path: 'out', format: 'lines' },
      {
        ...harnessContext(workdir),
        operator: `../../${'ü/'.repeat(100)}`,
      },
    )
    await writer.open()
    writer.write('a', 0)
    await writer.prepareCommit()
    await writer.close()
    expect(namesIn(workdir)).toEqual(['out'])
    expect(namesIn(join(workdir, 'out'))).toEqual([
      expect.stringMatching(/^\.part-job_00000001-[\w.-]{1,40}-0-0-00000\.inprogress$/),
    ])
  })

  test('left in progress by an earlier attempt of the same subtask are removed when the next one opens', async () => {
    const workdir = workFolder()
    for (const subtask of [0, 1]) {
      const old = await opened(workdir, { format: 'json' }, { subtask })
      await old.write({ a: 1 })
      await old.prepare()
    }
    await opened(workdir, { format: 'json' }, { subtask: 1, attempt: 1 })
    expect(namesIn(join(workdir, 'out'))).toEqual(['.part-job_00000001-sink-1-0-0-00000.inprogress'])
  })

  test('of a later attempt are left alone by an older one that still starts', async () => {
    const workdir = workFolder()
    const later = await opened(workdir, { format: 'json' }, { attempt: 2 })
    await later.write({ a: 1 })
    const committables = await later.prepare()
    await opened(workdir, { format: 'json' }, { attempt: 1 })
    await later.committer?.commit(committables)
    expect(visibleTexts(join(workdir, 'out'))).toEqual(['{"a":1}\n'])
  })

  test('of other jobs and other writers are left alone', async () => {
    const workdir = workFolder()
    const others = [
      '.part-job_99999999-sink-1-0-0-00000.inprogress',
      'part-job_99999999-sink-1-0-00000.json',
      '.hidden',
      'x',
    ]
    mkdirSync(join(workdir, 'out'))
    for (const name of others) writeFileSync(join(workdir, 'out', name), 'x')
    const harness = await opened(workdir, { format: 'json' }, { attempt: 3 })
    await harness.finish()
    expect(namesIn(join(workdir, 'out'))).toEqual(others.toSorted())
  })

  test('left in progress by subtasks that are no more are removed when the job ends', async () => {
    const workdir = workFolder()
    const old = await opened(workdir, { format: 'json' }, { subtask: 7 })
    await old.write({ a: 1 })
    await old.prepare()
    const now = await opened(workdir, { format: 'json' }, { attempt: 1 })
    await now.finish()
    expect(namesIn(join(workdir, 'out'))).toEqual([])
  })

  test('are durable and complete when more is written than may wait', async () => {
    const workdir = workFolder()
    const harness = await opened(workdir, { format: 'lines', rollBytes: 3_000_000 })
    const line = 'x'.repeat(99_999)
    for (let i = 0; i < 200; i++) await harness.write(line)
    await harness.finish()
    const texts = visibleTexts(join(workdir, 'out'))
    expect(texts.length).toBeGreaterThan(5)
    expect(texts.join('')).toBe(`${line}\n`.repeat(200))
  })

  test('stop upstream while too much waits to be written', async () => {
    const harness = await opened(workFolder(), { format: 'lines' })
    for (let i = 0; i < 10; i++) harness.writer.write('x'.repeat(1_000_000), 0)
    expect(harness.writer.isReady()).toBe(false)
    await harness.write('after')
    expect(harness.writer.isReady()).toBe(true)
    await harness.finish()
  })
})

describe('an endless job without checkpoints', () => {
  test('makes its output visible every rollMs, and what came since at the end', async () => {
    const workdir = workFolder()
    const clock = new ManualClock()
    const platform = { clock, timers: clock, random: { next: () => 0 } }
    const harness = await opened(workdir, { format: 'lines', rollMs: 1_000 }, { platform, bounded: false })
    const seen = (): string[] => visibleTexts(join(workdir, 'out'))
    await harness.write('a', 'b')
    clock.advance(999)
    await settled()
    expect(seen()).toEqual([])
    clock.advance(1)
    await expect.poll(seen).toEqual(['a\nb\n'])
    await harness.write('c')
    await expect
      .poll(() => {
        clock.advance(500)
        return seen()
      })
      .toEqual(['a\nb\n', 'c\n'])
    await harness.write('d')
    await harness.finish()
    expect(seen()).toEqual(['a\nb\n', 'c\n', 'd\n'])
  })

  test('goes on with new numbers in the next attempt, so that no visible file is replaced', async () => {
    const workdir = workFolder()
    const first = await opened(workdir, { format: 'lines' })
    await first.write('a')
    await first.committer?.commit(await first.prepare())
    await first.write('lost')
    const second = await opened(workdir, { format: 'lines' }, { attempt: 1 })
    await second.write('b')
    await second.finish()
    expect(visibleTexts(join(workdir, 'out'))).toEqual(['a\n', 'b\n'])
  })

  test.each([
    ['a bounded one', { bounded: true }],
    ['one with checkpoints', { bounded: false, checkpointed: true }],
  ])('but %s commits nothing by itself', async (_, flags) => {
    const workdir = workFolder()
    const clock = new ManualClock()
    const platform = { clock, timers: clock, random: { next: () => 0 } }
    const harness = await opened(workdir, { format: 'lines', rollMs: 100 }, { platform, ...flags })
    await harness.write('a')
    clock.advance(10_000)
    await settled()
    expect(visibleTexts(join(workdir, 'out'))).toEqual([])
    await harness.writer.close()
  })
})

describe('what cannot be written', () => {
  test.each([
    ['lines', { a: 1 }, /"lines" writes texts and numbers, but the record is an object/],
    ['json', undefined, /the record is of type undefined, which JSON does not have/],
    ['json', { big: 1n }, /cannot be written as JSON: .*BigInt/],
    ['csv', 'text', /"csv" writes objects, but the record is of type string/],
  ])('as %s is an error that says why', async (format, record, message) => {
    const harness = await opened(workFolder(), { format })
    expect(() => harness.writer.write(record, 0)).toThrow(
      expect.objectContaining({ code: 'RECORD_TYPE', message: expect.stringMatching(message) }),
    )
    await harness.writer.close()
  })

  test('a CSV record with a field that the first one lacks is an error; with columns it is left out', async () => {
    const harness = await opened(workFolder(), { format: 'csv' })
    await harness.write({ a: 1 })
    expect(() => harness.writer.write({ a: 1, b: 2 }, 0)).toThrow(/field "b", but the columns of the CSV file are a/)
    await harness.writer.close()
    const workdir = workFolder()
    const fixed = await opened(workdir, { format: 'csv', columns: ['b', 'a'] })
    await fixed.write({ a: 1, c: 3 }, { b: 2 })
    await fixed.finish()
    expect(visibleTexts(join(workdir, 'out'))).toEqual(['b,a\r\n,1\r\n2,\r\n'])
  })

  test('a file in the place of the folder is an error that names it', async () => {
    const workdir = workFolder()
    writeFileSync(join(workdir, 'out'), '')
    await expect(opened(workdir, { format: 'json' })).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      message: expect.stringContaining(join(workdir, 'out')),
    })
  })

  test('a failure in the background comes out of the next call', async () => {
    const workdir = workFolder()
    const harness = await opened(workdir, { format: 'lines' })
    // The folder vanishes under the writer, so its first file cannot be made.
    folders.splice(0).forEach(folder => {
      folder.remove()
    })
    harness.writer.write('a', 0)
    await expect.poll(() => outcome(() => harness.writer.isReady())).toMatch(/FILE_ACCESS.*out/)
    await expect(harness.writer.prepareCommit()).rejects.toMatchObject({ code: 'FILE_ACCESS' })
    await harness.writer.close()
  })
})

function settled(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 50))
}

function outcome(action: () => unknown): string {
  try {
    return String(action())
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : String(error)
  }
}

function harnessContext(workdir: string) {
  const clock = new ManualClock()
  return {
    subtask: { jobId: 'job_00000001', jobName: 'test', attempt: 0, subtask: 0, parallelism: 1, maxParallelism: 128 },
    functions: {},
    platform: { clock, timers: clock, random: { next: () => 0 } },
    workdir,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    checkpointed: false,
    wakeUp: () => undefined,
    publish: () => undefined,
  }
}
