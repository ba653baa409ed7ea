import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookWords } from './oracles/book-words.ts'
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

/** `records_sent_total` of a job over all TaskManagers, by transport. */
async function recordsSent(cluster: TestCluster, taskManagers: number, jobId: string): Promise<Record<string, number>> {
  const sent: Record<string, number> = {}
  for (let i = 0; i < taskManagers; i++) {
    const text = await (await fetch(`http://127.0.0.1:${Number(cluster.env.METRICS_PORT) + i}/metrics`)).text()
    for (const [, labels, value] of text.matchAll(/^records_sent_total\{(.*)\} (\S+)$/gm)) {
      if (!labels.includes(`job="${jobId}"`)) continue
      const transport = /transport="(\w+)"/.exec(labels)?.[1] ?? ''
      sent[transport] = (sent[transport] ?? 0) + Number(value)
    }
  }
  return sent
}

const layouts: { title: string; taskManagers: number; env: Record<string, string> }[] = [
  { title: '1 TaskManager', taskManagers: 1, env: {} },
  {
    title: '3 TaskManagers, spread placement',
    taskManagers: 3,
    env: { TASK_SLOTS: '2', SLOT_PLACEMENT: 'spread' },
  },
  {
    title: '3 TaskManagers with one buffer of 1 KB for each channel',
    taskManagers: 3,
    env: { TASK_SLOTS: '2', SLOT_PLACEMENT: 'spread', CHANNEL_BUFFERS: '1', BUFFER_SIZE: '1024' },
  },
]

describe.each(layouts)('book-words on $title', ({ taskManagers, env }) => {
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

  it.each([1, 2, 4])('counts every word like a batch program at parallelism %i', async parallelism => {
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
})
