import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBareProcesses } from './support/bare-processes.ts'
import { type JobStatus, TestCluster, until } from './support/cluster.ts'

const HEARTBEAT_TIMEOUT_MS = 4000

interface TaskManager {
  readonly task_manager_id: string
  readonly status: 'ACTIVE' | 'LOST'
  readonly slots_free: number
  readonly slots_total: number
  readonly pid: number
}

let cluster: TestCluster
let workdir: string

/** `count` numbered rows at a steady pace, counted by key into files: the last row of each key is its total. */
function boundedJob(out: string, count: number, perSecond: number): string {
  return `
    import { StreamExecutionEnvironment, datagenSource, fileSink } from '@weir/sdk'
    const env = new StreamExecutionEnvironment('bounded').setParallelism(2)
    env.addSource(datagenSource<{ i: number }>({ rowsPerSecond: ${perSecond}, count: ${count}, seed: 7, generator: i => ({ i }) }))
      .map(row => ({ key: row.i % 10, count: 1 }))
      .keyBy(row => row.key)
      .reduce((a, b) => ({ key: a.key, count: a.count + b.count }))
      .addSink(fileSink({ path: '${out}', format: 'json' }))
    export default env`
}

const endlessJob = `
  import { StreamExecutionEnvironment, datagenSource, blackholeSink } from '@weir/sdk'
  const env = new StreamExecutionEnvironment('endless')
  env.addSource(datagenSource<number>({ rowsPerSecond: 1000, seed: 1, generator: i => i }))
    .map(i => i + 1).addSink(blackholeSink())
  export default env`

async function submit(source: string): Promise<string> {
  const { status, body } = await cluster.submit('job.ts', source)
  expect({ status, body }).toMatchObject({ status: 201 })
  return body.job_id
}

function taskManagers(): Promise<TaskManager[]> {
  return cluster.get<TaskManager[]>('/taskmanagers')
}

async function countsIn(folder: string): Promise<Record<number, number>> {
  const last: Record<number, number> = {}
  for (const file of readdirSync(folder)) {
    expect(file.startsWith('.'), `${file} is left over`).toBe(false)
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)) {
      const row = JSON.parse(line) as { key: number; count: number }
      expect(row.count, `row of key ${row.key}`).toBe((last[row.key] ?? 0) + 1)
      last[row.key] = row.count
    }
  }
  return last
}

/** Process ids of all children of a process, ascending. Linux. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
      } catch {
        // It ended between the two looks.
        return false
      }
    })
    .sort((a, b) => a - b)
}

const everyTenth = (count: number): Record<number, number> =>
  Object.fromEntries(Array.from({ length: 10 }, (_, key) => [key, count / 10]))

beforeAll(async () => {
  workdir = mkdtempSync(join(tmpdir(), 'weir-work-'))
  cluster = await TestCluster.start({
    workdir,
    env: { HEARTBEAT_INTERVAL: '1000', HEARTBEAT_TIMEOUT: String(HEARTBEAT_TIMEOUT_MS) },
  })
})
afterAll(async () => {
  await cluster?.stop()
  rmSync(workdir, { recursive: true, force: true })
})

describe('a TaskManager that is killed with -9', () => {
  it('is seen within 1 s, replaced, and the bounded job still gives the right answer', async () => {
    const job = await submit(boundedJob('out/killed', 4000, 1000))
    await until(10_000, 'records to flow', async () => {
      const metrics = await cluster.get<{ records_out: number | null }>(`/jobs/${job}/metrics`)
      return (metrics.records_out ?? 0) > 200
    })
    const before = (await taskManagers()).find(tm => tm.status === 'ACTIVE') as TaskManager
    process.kill(before.pid, 'SIGKILL')
    await until(1000, 'the loss to be seen', async () => {
      const status = await cluster.status(job)
      const seen = (await taskManagers()).some(tm => tm.pid === before.pid && tm.status === 'ACTIVE')
      return status.restarting || !seen
    })
    await until(15_000, 'the job to run again', async () => {
      const status = await cluster.status(job)
      return status.status === 'RUNNING' && !status.restarting && status.attempt > 1
    })
    const after = (await taskManagers()).find(tm => tm.status === 'ACTIVE') as TaskManager
    expect(after.pid).not.toBe(before.pid)
    await cluster.reached(job, ['FINISHED'], 30_000)
    expect(await countsIn(join(workdir, 'out/killed'))).toEqual(everyTenth(4000))
  })
})

describe('a TaskManager that is frozen', () => {
  it('is lost after the heartbeat timeout and replaced', async () => {
    const job = await submit(boundedJob('out/frozen', 12_000, 1000))
    await until(10_000, 'the job to run', async () => (await cluster.status(job)).status === 'RUNNING')
    const frozen = (await taskManagers()).find(tm => tm.status === 'ACTIVE') as TaskManager
    process.kill(frozen.pid, 'SIGSTOP')
    try {
      const ms = await until(HEARTBEAT_TIMEOUT_MS + 1000, 'the silence to be noticed', async () => {
        const status = await cluster.status(job)
        return status.restarting || (await taskManagers()).every(tm => tm.pid !== frozen.pid || tm.status === 'LOST')
      })
      expect(ms).toBeGreaterThan(1000)
    } finally {
      try {
        process.kill(frozen.pid, 'SIGCONT')
      } catch (error) {
        // The supervisor has ended it already, as it should.
        expect((error as NodeJS.ErrnoException).code).toBe('ESRCH')
      }
    }
    await until(15_000, 'the job to run again', async () => {
      const status = await cluster.status(job)
      return status.status === 'RUNNING' && !status.restarting && status.attempt > 1
    })
    await cluster.reached(job, ['FINISHED'], 40_000)
    expect(await countsIn(join(workdir, 'out/frozen'))).toEqual(everyTenth(12_000))
  })
})

describe('a JobManager that is killed with -9', () => {
  it('comes back with its jobs, their history and errors, and leaves no slot behind', async () => {
    const endless = await submit(endlessJob)
    const failing = await submit(`
      import { StreamExecutionEnvironment, blackholeSink } from '@weir/sdk'
      const env = new StreamExecutionEnvironment('failing')
      env.fromElements(1).map(() => { throw new Error('on purpose') }).addSink(blackholeSink())
      export default env`)
    await cluster.reached(failing, ['FAILED'], 15_000)
    await cluster.reached(endless, ['RUNNING'], 15_000)
    const { jobmanager: pid, 'tm-1': taskManager } = cluster.pids()
    process.kill(pid, 'SIGKILL')
    await until(30_000, 'the JobManager to answer again', async () => {
      try {
        return cluster.pids().jobmanager !== pid && (await cluster.get<unknown[]>('/jobs')).length > 0
      } catch {
        return false
      }
    })
    const failed = await cluster.status(failing)
    expect(failed).toMatchObject({ status: 'FAILED', name: 'failing' })
    expect(failed.error?.message).toContain('on purpose')
    const again = await until(30_000, 'the endless job to run again', async () => {
      const status: JobStatus = await cluster.status(endless)
      return status.status === 'RUNNING' && !status.restarting && status.attempt > 1
    })
    expect(again).toBeLessThan(30_000)
    await cluster.request('POST', `/jobs/${endless}/cancel`)
    await cluster.reached(endless, ['CANCELED'], 15_000)
    await until(10_000, 'all slots to be free', async () =>
      (await taskManagers()).filter(tm => tm.status === 'ACTIVE').every(tm => tm.slots_free === tm.slots_total),
    )
    // No process is orphaned: the cluster has the new JobManager and the same TaskManager, and nothing beside them.
    expect(cluster.pids()['tm-1']).toBe(taskManager)
    expect(childrenOf(cluster.process.pid as number)).toEqual(Object.values(cluster.pids()).sort((a, b) => a - b))
  })
})

describe('a TaskManager without a supervisor that is frozen and thaws', () => {
  it('is refused as an old incarnation, drops its tasks, and comes back as a new one', {
    timeout: 90_000,
  }, async () => {
    const bare = await startBareProcesses({ HEARTBEAT_INTERVAL: '500', HEARTBEAT_TIMEOUT: '2000' })
    try {
      const get = async <T>(path: string): Promise<T> => {
        const answer = await fetch(bare.url + path, { headers: { authorization: `Bearer ${bare.token()}` } })
        return (await answer.json()) as T
      }
      await until(60_000, 'the TaskManager to register', async () => {
        try {
          return (await get<TaskManager[]>('/taskmanagers')).some(tm => tm.status === 'ACTIVE')
        } catch {
          return false
        }
      })
      const form = new FormData()
      form.set('job_file', new Blob([endlessJob]), 'endless.ts')
      const submitted = await fetch(`${bare.url}/jobs/submit`, {
        method: 'POST',
        body: form,
        headers: { authorization: `Bearer ${bare.token()}` },
      })
      const { job_id } = (await submitted.json()) as { job_id: string }
      await until(
        15_000,
        'the job to run',
        async () => (await get<JobStatus>(`/jobs/${job_id}/status`)).status === 'RUNNING',
      )
      const pid = bare.taskManager.pid as number
      process.kill(pid, 'SIGSTOP')
      await until(3000, 'the silence to be noticed', async () =>
        (await get<TaskManager[]>('/taskmanagers')).every(tm => tm.status === 'LOST'),
      )
      process.kill(pid, 'SIGCONT')
      await until(15_000, 'the same process to be back', async () =>
        (await get<TaskManager[]>('/taskmanagers')).some(tm => tm.status === 'ACTIVE' && tm.pid === pid),
      )
      const log = readFileSync(join(bare.home, 'logs/tm-1.log'), 'utf8')
      expect(log).toContain('given up by the JobManager')
      await until(15_000, 'the job to run again', async () => {
        const status = await get<JobStatus>(`/jobs/${job_id}/status`)
        return status.status === 'RUNNING' && !status.restarting && status.attempt > 1
      })
      const [{ slots_free, slots_total }] = (await get<TaskManager[]>('/taskmanagers')).filter(
        tm => tm.status === 'ACTIVE',
      )
      expect(slots_total - slots_free, 'slots of the new attempt alone').toBe(1)
    } finally {
      await bare.stop()
    }
  })
})
