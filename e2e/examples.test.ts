import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookWords } from './oracles/book-words.ts'
import { type EarthquakeSummary, earthquakes, sortSummaries } from './oracles/earthquakes.ts'
import { node, root, TestCluster, until } from './support/cluster.ts'
import { prepareExampleData } from './support/example-data.ts'

const run = promisify(execFile)
const cli = join(root, 'apps/cli/dist/main.js')

let cluster: TestCluster
let workdir: string
let data: string

beforeAll(async () => {
  data = prepareExampleData()
  workdir = mkdtempSync(join(tmpdir(), 'weir-work-'))
  symlinkSync(data, join(workdir, 'data'))
  cluster = await TestCluster.start({ workdir })
})
afterAll(async () => {
  await cluster?.stop()
  rmSync(workdir, { recursive: true, force: true })
})

/** `weir …` as a person types it, against this cluster. */
async function weir(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(node, [cli, ...args], { env: cluster.env, cwd: workdir, maxBuffer: 64 * 1024 * 1024 })
}

function rowsIn(folder: string): unknown[] {
  return readdirSync(folder).flatMap(file => {
    expect(file).toMatch(/^part-/)
    return readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as unknown)
  })
}

function lastCounts(rows: readonly unknown[]): Record<string, number> {
  const last: Record<string, number> = {}
  for (const { word, count } of rows as { word: string; count: number }[]) last[word] = Math.max(last[word] ?? 0, count)
  return last
}

function metricOf(text: string, name: string, jobId: string): number[] {
  return [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))]
    .filter(([, labels]) => labels.includes(`job="${jobId}"`))
    .map(([, , value]) => Number(value))
}

describe('book-words', () => {
  it('runs in one process, with its rows in files and on standard output', async () => {
    rmSync(join(workdir, 'out'), { recursive: true, force: true })
    const { stdout } = await weir('run', join(root, 'examples/book-words.ts'), '--json')
    const printed = stdout.split('\n').filter(Boolean)
    const rows = printed.map(line => (JSON.parse(line) as { row: unknown }).row)
    const expected = Object.fromEntries(bookWords(join(data, 'book.txt')))
    expect(lastCounts(rows)).toEqual(expected)
    expect(lastCounts(rowsIn(join(workdir, 'out/book-words')))).toEqual(expected)
  })

  it('is deployed by weir deploy, which waits for its end', async () => {
    rmSync(join(workdir, 'out'), { recursive: true, force: true })
    await weir('deploy', join(root, 'examples/book-words.ts'), '--parallelism', '2', '--wait')
    expect(lastCounts(rowsIn(join(workdir, 'out/book-words')))).toEqual(
      Object.fromEntries(bookWords(join(data, 'book.txt'))),
    )
  })

  it('is submitted by curl', async () => {
    rmSync(join(workdir, 'out'), { recursive: true, force: true })
    const answer = execFileSync(
      'curl',
      [
        ...['-sS', '-H', `Authorization: Bearer ${cluster.token}`],
        ...['-F', `job_file=@${join(root, 'examples/book-words.ts')}`, `${cluster.url}/jobs/submit`],
      ],
      { encoding: 'utf8' },
    )
    const { job_id, status } = JSON.parse(answer) as { job_id: string; status: string }
    expect(job_id).toMatch(/^job_[0-9a-f]{8}$/)
    expect(['CREATED', 'RUNNING', 'FINISHED']).toContain(status)
    await cluster.reached(job_id, ['FINISHED'])
    expect(lastCounts(rowsIn(join(workdir, 'out/book-words')))).toEqual(
      Object.fromEntries(bookWords(join(data, 'book.txt'))),
    )
  })
})

describe('earthquakes', () => {
  const source = readFileSync(join(root, 'examples/earthquakes.ts'), 'utf8')

  it.each([1, 2, 4])(
    'gives what a batch program gives, and calls no record late, at parallelism %i',
    async parallelism => {
      rmSync(join(workdir, 'out'), { recursive: true, force: true })
      const { body } = await cluster.submit('earthquakes.ts', source, { parallelism: String(parallelism) })
      await cluster.reached(body.job_id, ['FINISHED'])
      const rows = sortSummaries(rowsIn(join(workdir, 'out/earthquakes')) as EarthquakeSummary[])
      expect(rows).toEqual(earthquakes(join(data, 'earthquakes.ndjson')))
      const metrics = await (await fetch(`http://127.0.0.1:${cluster.env.METRICS_PORT}/metrics`)).text()
      const processed = metricOf(metrics, 'records_processed_total', body.job_id)
      expect(processed.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(1000)
      const late = metricOf(metrics, 'late_records_total', body.job_id)
      expect(late.length).toBeGreaterThan(0)
      expect(late.reduce((sum, value) => sum + value, 0)).toBe(0)
    },
  )

  it('runs in one process', async () => {
    rmSync(join(workdir, 'out'), { recursive: true, force: true })
    await weir('run', join(root, 'examples/earthquakes.ts'), '--parallelism', '3')
    const rows = sortSummaries(rowsIn(join(workdir, 'out/earthquakes')) as EarthquakeSummary[])
    expect(rows).toEqual(earthquakes(join(data, 'earthquakes.ndjson')))
  })
})

describe('word-count', () => {
  it('counts without end at 5,000 sentences a second until it is cancelled', { timeout: 60_000 }, async () => {
    const { stdout } = await weir('deploy', join(root, 'examples/word-count.ts'), '--json')
    const { job_id } = JSON.parse(stdout) as { job_id: string }
    let rows: readonly unknown[] = []
    await until(25_000, 'the first window', async () => {
      rows = await cluster.get<unknown[]>(`/api/v1/jobs/${job_id}/rows`)
      return rows.length > 10
    })
    const text = JSON.stringify(rows)
    expect(text).toContain('whale')
    // The first window may end a second after the start, when the rate is not known yet.
    await until(20_000, 'a rate of about 5,000 sentences a second', async () => {
      const path = `/jobs/${job_id}/metrics`
      const metrics = await cluster.get<{ vertices: { records_per_second: number | null }[] }>(path)
      const rate = metrics.vertices[0]?.records_per_second ?? 0
      return rate > 4000 && rate < 6000
    })
    await weir('cancel', job_id)
    await cluster.reached(job_id, ['CANCELED'], 10_000)
  })
})
