import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookWords } from './oracles/book-words.ts'
import { type EarthquakeSummary, earthquakes, sortSummaries } from './oracles/earthquakes.ts'
import { root, TestCluster } from './support/cluster.ts'
import { prepareExampleData } from './support/example-data.ts'

const source = readFileSync(join(root, 'examples/book-words.ts'), 'utf8')
let data: string
let expected: Map<string, number>

beforeAll(() => {
  data = prepareExampleData()
  expected = bookWords(join(data, 'book.txt'))
}, 120_000)

/** Last row of every word, over all part files; rows of one word all come from one subtask, so from one file in order. */
function lastRows(folder: string): Map<string, number> {
  const last = new Map<string, number>()
  for (const file of readdirSync(folder)) {
    expect(file.startsWith('.'), `${file} is in progress though the job has ended`).toBe(false)
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      if (line === '') continue
      const row = JSON.parse(line) as { word: string; count: number }
      expect(row.count, `the count of '${row.word}' rises by one`).toBe((last.get(row.word) ?? 0) + 1)
      last.set(row.word, row.count)
    }
  }
  return last
}

function summariesIn(folder: string): EarthquakeSummary[] {
  const lines = readdirSync(folder).flatMap(file => {
    expect(file).toMatch(/^part-/)
    return readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)
  })
  return sortSummaries(lines.map(line => JSON.parse(line) as EarthquakeSummary))
}

interface Sample {
  readonly labels: string
  readonly value: number
}

/** All samples of a metric that belong to a job, over all TaskManagers. */
async function samplesOf(cluster: TestCluster, taskManagers: number, name: string, jobId: string): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let i = 0; i < taskManagers; i++) {
    const text = await (await fetch(`http://127.0.0.1:${Number(cluster.env.METRICS_PORT) + i}/metrics`)).text()
    for (const [, labels, value] of text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))) {
      if (labels.includes(`job="${jobId}"`)) samples.push({ labels, value: Number(value) })
    }
  }
  return samples
}

const sumOf = (samples: readonly Sample[]): number => samples.reduce((sum, { value }) => sum + value, 0)

/** `records_sent_total` of a job over all TaskManagers, by transport. */
async function recordsSent(cluster: TestCluster, taskManagers: number, jobId: string): Promise<Record<string, number>> {
  const sent: Record<string, number> = {}
  for (const { labels, value } of await samplesOf(cluster, taskManagers, 'records_sent_total', jobId)) {
    const transport = /transport="(\w+)"/.exec(labels)?.[1] ?? ''
    sent[transport] = (sent[transport] ?? 0) + value
  }
  return sent
}

const layouts: { title: string; taskManagers: number; env: Record<string, string>; earthquakes?: true }[] = [
  { title: '1 TaskManager', taskManagers: 1, env: {} },
  {
    title: '3 TaskManagers, spread placement',
    taskManagers: 3,
    env: { TASK_SLOTS: '2', SLOT_PLACEMENT: 'spread' },
    earthquakes: true,
  },
  {
    title: '3 TaskManagers with one buffer of 1 KB for each channel',
    taskManagers: 3,
    env: { TASK_SLOTS: '2', SLOT_PLACEMENT: 'spread', CHANNEL_BUFFERS: '1', BUFFER_SIZE: '1024' },
  },
]

describe.each(layouts)('on $title', ({ taskManagers, env, earthquakes: withEarthquakes }) => {
  let cluster: TestCluster
  let workdir: string

  beforeAll(async () => {
    workdir = mkdtempSync(join(tmpdir(), 'weir-work-'))
    symlinkSync(data, join(workdir, 'data'))
    cluster = await TestCluster.start({ taskManagers, env, workdir })
  })
  afterAll(async () => {
    await cluster?.stop()
    rmSync(workdir, { recursive: true, force: true })
  })

  it.each([1, 2, 4])('book-words counts every word like a batch program at parallelism %i', async parallelism => {
    rmSync(join(workdir, 'out'), { recursive: true, force: true })
    const { status, body } = await cluster.submit('book-words.ts', source, { parallelism: String(parallelism) })
    expect({ status, body }).toMatchObject({ status: 201 })
    const ended = await cluster.reached(body.job_id, ['FINISHED', 'FAILED', 'CANCELED'])
    expect(ended.error).toBeNull()
    expect(ended.status).toBe('FINISHED')
    expect(Object.fromEntries(lastRows(join(workdir, 'out/book-words')))).toEqual(Object.fromEntries(expected))
    if (taskManagers === 3 && parallelism === 4) {
      const sent = await recordsSent(cluster, taskManagers, body.job_id)
      expect(sent.local, 'records to the same slot').toBeGreaterThan(0)
      expect(sent.ring, 'records over rings').toBeGreaterThan(0)
      expect(sent.tcp, 'records over TCP').toBeGreaterThan(0)
    }
  })

  // On one TaskManager it is among the examples.
  if (withEarthquakes !== true) return
  it.each([1, 2, 4])(
    'earthquakes gives what a batch program gives, and calls no record late, at parallelism %i',
    async parallelism => {
      rmSync(join(workdir, 'out'), { recursive: true, force: true })
      const job = readFileSync(join(root, 'examples/earthquakes.ts'), 'utf8')
      const { status, body } = await cluster.submit('earthquakes.ts', job, { parallelism: String(parallelism) })
      expect({ status, body }).toMatchObject({ status: 201 })
      const ended = await cluster.reached(body.job_id, ['FINISHED', 'FAILED', 'CANCELED'])
      expect(ended).toMatchObject({ status: 'FINISHED', error: null })
      const rows = summariesIn(join(workdir, 'out/earthquakes'))
      expect(rows).toEqual(earthquakes(join(data, 'earthquakes.ndjson')))
      const usedBy = new Set(ended.vertices.flatMap(({ subtasks }) => subtasks.map(subtask => subtask.task_manager)))
      expect(usedBy.size, 'TaskManagers that the job ran on').toBe(Math.min(parallelism, taskManagers))
      const late = await samplesOf(cluster, taskManagers, 'late_records_total', body.job_id)
      expect(late.length, 'subtasks that say how many records were late').toBeGreaterThanOrEqual(parallelism)
      expect(sumOf(late), 'late records').toBe(0)
      const processed = await samplesOf(cluster, taskManagers, 'records_processed_total', body.job_id)
      expect(sumOf(processed), 'records that were processed').toBeGreaterThan(1000)
    },
  )
})
