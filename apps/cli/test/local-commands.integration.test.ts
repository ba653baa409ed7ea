import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cli } from './cli-harness.ts'

const HEAD = `import { collectSink, datagenSource, fileSink, fileSource, StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('words')
`
const TEXT = 'the cat and the dog and the bird\na cat\n'

/** Running counts of words, ended by what the caller says. */
function wordCount(sink: string, map = 'word => ({ word, count: 1 })'): string {
  return `${HEAD}env.addSource(fileSource({ path: 'in/text.txt', format: 'lines' }))
  .flatMap(line => line.split(' '))
  .map(${map}).name('one')
  .keyBy(w => w.word)
  .reduce((a, b) => ({ word: a.word, count: a.count + b.count }))
  ${sink}
export default env
`
}

const COLLECT = wordCount('.addSink(collectSink())')
const ENDLESS = `${HEAD}env.addSource(datagenSource({ rowsPerSecond: 50, generator: index => ({ index }) })).addSink(collectSink())
export default env
`

let cli: Cli
beforeAll(() => {
  cli = new Cli()
  write('in/text.txt', TEXT)
  write('package.json', '{ "name": "jobs" }')
})
afterAll(() => cli.close())

function write(name: string, text: string): string {
  const path = join(cli.folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return name
}

/** The oracle: the words of the text, counted. */
function expectedCounts(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of TEXT.trim().split(/\s+/)) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

function lastCounts(rows: readonly { word: string; count: number }[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ word, count }) => [word, count]))
}

describe('weir run', () => {
  it('prints each row as NDJSON with --json, and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await cli.run([
      'run',
      write('collect.ts', COLLECT),
      '--json',
      '--parallelism',
      '2',
    ])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines).toHaveLength(TEXT.trim().split(/\s+/).length)
    for (const line of lines) expect(Object.keys(line)).toEqual(['operator', 'subtask', 'row'])
    expect(lastCounts(lines.map(line => line.row))).toEqual(expectedCounts())
  })

  it('shows the rows to people, and says that it has finished', async () => {
    const { code, stdout, stderr } = await cli.run(['run', write('collect.ts', COLLECT)])
    expect(code).toBe(0)
    expect(stdout).toContain('collect[0] {"word":"the","count":3}\n')
    expect(stderr).toMatch(/^collect.ts finished after [\d.]+ s\n$/)
  })

  it('writes files, with rows on stdout for --json alone', async () => {
    const job = write('file.ts', wordCount(`.addSink(fileSink({ path: 'out/words', format: 'json' }))`))
    expect((await cli.run(['run', job])).stdout).toBe('')
    const parts = readdirSync(join(cli.folder, 'out/words')).filter(name => name.startsWith('part-'))
    const text = parts.map(name => readFileSync(join(cli.folder, 'out/words', name), 'utf8')).join('')
    const rows = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lastCounts(rows)).toEqual(expectedCounts())
    const { stdout } = await cli.run(['run', job, '--json'])
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).row)
    expect(lastCounts(printed)).toEqual(expectedCounts())
  })

  it('says what the job asks for and does not get, as validate does', async () => {
    const asking = COLLECT.replace("('words')\n", "('words').enableCheckpointing(1000).setStateBackend('rocksdb')\n")
    const job = write('asking.ts', asking)
    for (const command of ['run', 'validate']) {
      const { code, stderr } = await cli.run([command, job])
      expect(code).toBe(0)
      expect(stderr).toMatch(/warn.* checkpoints are not there in this version/)
      expect(stderr).not.toContain('rocksdb')
    }
  })

  it('keeps what the job writes to its console off the rows', async () => {
    const job = write(
      'console.ts',
      wordCount('.addSink(collectSink())', 'word => { console.log("hello", word); return { word, count: 1 } }'),
    )
    const { code, stdout, stderr } = await cli.run(['run', job, '--json'])
    expect(code).toBe(0)
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('row')
    expect(stderr).toContain('hello cat')
  })

  it('stops an endless job at Ctrl-C', async () => {
    const run = cli.start(['run', write('endless.ts', ENDLESS), '--json'])
    await run.until('"index":3')
    run.interrupt()
    const { code, stderr } = await run.result
    expect(code).toBe(130)
    expect(stderr.match(/stopped/g)).toHaveLength(1)
  })

  it('ends at Ctrl-C though a function of the job does not return', async () => {
    const loop = wordCount(
      '.addSink(collectSink())',
      `word => { console.log('in it'); for (;;); return { word, count: 1 } }`,
    )
    const run = cli.start(['run', write('loop.ts', loop)])
    await new Promise(done => setTimeout(done, 3_000))
    run.interrupt()
    const { code, stderr } = await run.result
    expect(code).toBe(130)
    expect(stderr).toContain("a function of operator 'one' does not return")
  })

  it.each([
    ['throws', `word => { if (word === 'dog') throw new Error('no dogs'); return { word, count: 1 } }`, 'no dogs'],
    ['calls process.exit', `word => { process.exit(0); return { word, count: 1 } }`, 'process.exit(0) was called'],
  ])('fails with the operator and the line when a function %s', async (_, map, message) => {
    const { code, stdout, stderr } = await cli.run([
      'run',
      write('fails.ts', wordCount('.addSink(collectSink())', map)),
    ])
    expect(code).toBe(1)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/one/)
    expect(stderr).toContain('fails.ts:5')
    expect(stderr).toMatch(/at the record "(dog|the)"/)
    expect(stderr.replace(/at the record .*/, '')).not.toMatch(/\n\s+at /)
    expect(stdout).not.toContain('dog')
  })

  it('fails when a function uses up the memory', async () => {
    const hog = `word => { const all: number[][] = []; for (;;) all.push(new Array(1e6).fill(1)); return { word, count: all.length } }`
    const { code, stderr } = await cli.run(['run', write('hog.ts', wordCount('.addSink(collectSink())', hog))], {
      NODE_OPTIONS: '--max-old-space-size=200',
    })
    expect(code).toBe(1)
    expect(stderr).toContain('used up the memory')
  })
})

const GRAPH = {
  name: 'graph',
  nodes: [
    { uid: 'a', type: 'collection', name: 'a', config: { values: [1] } },
    { uid: 'b', type: 'map', name: 'b', config: { fn: 'x => x' } },
    { uid: 'c', type: 'map', name: 'c', config: { fn: 'x => x' } },
  ],
}

const BAD_JOBS: readonly [string, string, string, RegExp][] = [
  ['is not TypeScript', 'bad.ts', 'const a = {', /bad\.ts:1/],
  ['is empty', 'bad.ts', '', /is empty/],
  ['exports nothing', 'bad.ts', 'const a = 1', /export default/],
  ['exports something else', 'bad.ts', 'export default 7', /StreamExecutionEnvironment/],
  ['loops while it builds its graph', 'bad.ts', `${HEAD}for (;;);\nexport default env`, /s(?:econds)?\b|time/],
  ['takes all memory', 'bad.ts', `${HEAD}const a = []\nfor (;;) a.push(new Array(1e5).fill(1))`, /memory|time/],
  ['imports a module of Node', 'bad.ts', `import fs from 'node:fs'\n${HEAD}export default fs`, /bad\.ts:1.*node:fs/],
  ['imports an unknown package', 'bad.ts', `import x from 'no-such'\n${HEAD}export default x`, /no-such/],
  ['is no JSON', 'bad.json', '{ "name": ', /bad\.json/],
  [
    'is a graph with a cycle',
    'bad.json',
    JSON.stringify({
      ...GRAPH,
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'b' },
      ],
    }),
    /cycle|circle/,
  ],
  [
    'has an unknown operator',
    'bad.json',
    JSON.stringify({ ...GRAPH, nodes: [{ uid: 'a', type: 'fileSorce', name: 'a' }], edges: [] }),
    /fileSorce/,
  ],
  [
    'has a wrong config',
    'bad.ts',
    `${HEAD}env.addSource(fileSource({ path: 7, format: 'lines' } as never)).print()\nexport default env`,
    /path/,
  ],
  ['is more parallel than it may be', 'bad.ts', `${COLLECT}env.setMaxParallelism(4).setParallelism(8)`, /8.*4|4.*8/],
]

describe('a bad job', () => {
  it.each(BAD_JOBS)('that %s is refused by validate and run, with what and where', async (_, name, text, message) => {
    const job = write(name, text)
    const ends = await Promise.all(['validate', 'run'].map(command => cli.run([command, job])))
    for (const { code, stdout, stderr } of ends) {
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(message)
      expect(stderr).not.toMatch(/\n\s+at /)
    }
  })

  it('is refused as JSON with --json', async () => {
    const { code, stderr } = await cli.run(['validate', write('bad.ts', 'const a = {'), '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'JOB_SYNTAX', problems: [{ file: 'bad.ts', line: 1 }] })
  })

  it.each([
    ['input is missing', COLLECT.replace('in/text.txt', 'in/nothing.txt'), /in\/nothing\.txt.*no such file/],
    [
      'output is a file',
      wordCount(`.addSink(fileSink({ path: 'in/text.txt/x', format: 'json' }))`),
      /in\/text\.txt.*file/,
    ],
    ['input has no match', COLLECT.replace('in/text.txt', 'in/*.csv'), /no file matches .*csv/],
  ])('whose %s is refused by validate and run, with the operator', async (_, source, message) => {
    const job = write('paths.ts', source)
    const ends = await Promise.all(['validate', 'run'].map(command => cli.run([command, job])))
    for (const { code, stdout, stderr } of ends) {
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(message)
      expect(stderr).toMatch(/operator file(Source|Sink)/)
    }
  })
})

describe('weir validate', () => {
  it('shows the operators and the slots that the job takes', async () => {
    const { code, stdout } = await cli.run(['validate', write('collect.ts', COLLECT), '--parallelism', '3'])
    expect(code).toBe(0)
    expect(stdout).toContain('words is valid; it needs 3 slots.')
    expect(stdout).toMatch(/one +map +3 +/)
    expect(stdout).toContain('(hash)')
  })

  it('prints the graph with --json', async () => {
    const { stdout, stderr } = await cli.run(['validate', write('collect.ts', COLLECT), '--json'])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, slots_needed: 1, graph: { name: 'words' }, warnings: [] })
  })
})

describe('weir dev', () => {
  it('runs again when the job or what it imports changes, also after a mistake, and stops at Ctrl-C', async () => {
    const job = (factor: string) => `import { factor } from './dev/factor.ts'
${HEAD}env.fromElements(1).map(x => ({ answer: x * factor${factor} })).addSink(collectSink())
export default env
`
    write('dev/factor.ts', 'export const factor = 10')
    const dev = cli.start(['dev', write('dev.ts', job('')), '--json'])
    await dev.until('"answer":10}')
    write('dev/factor.ts', 'export const factor = 20')
    await dev.until('"answer":20}')
    write('dev/factor.ts', 'export const factor = ')
    await dev.until('JOB_SYNTAX')
    write('dev/factor.ts', 'export const factor = 30')
    await dev.until('"answer":30}')
    write('dev.ts', job(' + 1'))
    await dev.until('"answer":31}')
    dev.interrupt()
    expect((await dev.result).code).toBe(0)
  })

  it('stops an endless job before it runs anew', async () => {
    const job = (name: string) => ENDLESS.replace('({ index })', `({ ${name}: index })`)
    const dev = cli.start(['dev', write('dev-endless.ts', job('first')), '--json'])
    await dev.until('"first":5')
    write('dev-endless.ts', job('second'))
    await dev.until('"second":5')
    const after = dev.stdout().slice(dev.stdout().indexOf('"second"'))
    expect(after).not.toContain('"first"')
    dev.interrupt()
    expect((await dev.result).code).toBe(0)
  })
})

describe('a project of weir init', () => {
  it('runs, validates, type-checks and passes its own test', async () => {
    const made = await cli.run(['init', 'my-job'])
    expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('cd my-job') })
    const again = await cli.run(['init', 'my-job', '--json'])
    expect(again.code).toBe(2)
    expect(JSON.parse(again.stderr).error.detail).toContain('not empty')
    const folder = join(cli.folder, 'my-job')
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const shell = (script: string) => promisify(execFile)('/bin/sh', ['-c', script], { cwd: folder, env: cli.env })
    await shell(scripts.typecheck)
    expect((await shell(scripts.test)).stdout).toMatch(/pass 1\b/)
    const launcher = resolve(import.meta.dirname, '../../../weir')
    expect(resolve(folder, /"(.*?)"/.exec(scripts.start)?.[1] ?? '')).toBe(launcher)
    const job = join('my-job', 'src/job.ts')
    const { stdout } = await cli.run(['run', job, '--json'])
    expect(stdout).toContain('{"item":"pear","amount":5}')
    expect((await cli.run(['validate', job])).code).toBe(0)
  })
})
