import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root, TestCluster, until } from './support/cluster.ts'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await TestCluster.start({ taskManagers: 2, env: { TASK_SLOTS: '1' } })
})
afterAll(() => cluster?.stop())

/** The jobs of the page, as its readers copy them. */
const page = readFileSync(join(root, 'docs/custom-sources-and-sinks.md'), 'utf8')
const jobs = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code as string)

async function rowsOf(name: string, source: string, count: number): Promise<string[]> {
  const { status, body } = await cluster.submit(`${name}.ts`, source)
  expect(status, JSON.stringify(body)).toBe(201)
  await cluster.reached(body.job_id, ['FINISHED'])
  let rows: readonly { row: unknown }[] = []
  await until(10_000, 'the rows', async () => {
    rows = await cluster.get<readonly { row: unknown }[]>(`/api/v1/jobs/${body.job_id}/rows`)
    return rows.length >= count
  })
  return rows.map(({ row }) => String(row))
}

it('a source and a sink that the job brings itself run on both TaskManagers, each split once', async () => {
  // Counted instead of printed: of thousands of rows people are shown some.
  const counted = (jobs[0] as string).replace('import { customSource', 'import { customSink, customSource').replace(
    '.print()',
    `.addSink(customSink({ open: ({ subtask, publish }) => {
        const seen = new Map<number, number>()
        return {
          write: ({ sensor }) => void seen.set(sensor, (seen.get(sensor) ?? 0) + 1),
          flush: () => [...seen].forEach(([sensor, count]) => publish(subtask + ':' + sensor + ':' + count)),
        }
      } }))`,
  )
  expect(counted).toContain('addSink')
  const rows = (await rowsOf('readings', counted, 8)).map(row => row.split(':').map(Number) as [number, number, number])
  expect(rows.map(([, sensor]) => sensor).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(rows.every(([, , count]) => count === 1_000)).toBe(true)
})

it('what a custom sink publishes is shown', async () => {
  expect(await rowsOf('total', jobs[1] as string, 1)).toEqual(['subtask 0: 6'])
})

it('an error of a reader names the operator and the line in the job’s file', async () => {
  const source = [
    `import { blackholeSink, customSource, StreamExecutionEnvironment } from '@weir/sdk'`,
    `const env = new StreamExecutionEnvironment('broken')`,
    `env.addSource(customSource<number>({`,
    `  open: () => ({`,
    `    poll() { throw new Error('the sensor is gone') },`,
    `    position: () => 0,`,
    `  }),`,
    `})).name('sensor').addSink(blackholeSink())`,
    `export default env`,
  ].join('\n')
  const { body } = await cluster.submit('broken.ts', source)
  const { error } = await cluster.reached(body.job_id, ['FAILED'])
  expect(error?.operator).toBe('sensor')
  expect(error?.message).toContain('the sensor is gone')
  expect(error?.stack).toContain('broken.ts:5')
})
