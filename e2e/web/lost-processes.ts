import { expect, it } from 'vitest'
import { expectAccessible, takePictures } from '../support/browser.ts'
import { until } from '../support/cluster.ts'
import { CodeEditor } from '../support/code-editor.ts'
import { JobView } from '../support/job-page.ts'
import { SLOTS, type WebWorld } from '../support/web-world.ts'

/** So soon a page shows that a process has died, and that one has come. */
const SHOWN_MS_MAX = 2_000

const SOURCE = `import { blackholeSink, datagenSource, fixedDelay, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('survivor')
env.setRestartStrategy(fixedDelay(10, 500))

env
  .addSource(datagenSource<number>({ rowsPerSecond: 100, seed: 1, generator: i => i }))
  .name('numbers')
  .addSink(blackholeSink())

export default env
`

export function lostProcesses(world: WebWorld): void {
  it('shows within 2 s that a TaskManager was killed, and within 2 s that it is back', async () => {
    const jobId = await world.submit('survivor.ts', SOURCE)
    await world.cluster.reached(jobId, ['RUNNING'])
    const clusterPage = await world.open({ path: '/cluster' })
    const jobPage = await world.open({ path: `/jobs/${jobId}` })
    const job = new JobView(jobPage)
    await clusterPage.getByText(`1 of ${SLOTS} slots in use on 1 TaskManager.`, { exact: false }).waitFor()
    await job.counts('Records in', performance.now())
    await expectAccessible(clusterPage)
    await takePictures(clusterPage, 'cluster')

    // The supervisor stands still, so that there is time to look at what is lost.
    world.cluster.process.kill('SIGSTOP')
    try {
      const killedAt = performance.now()
      process.kill(world.cluster.pids()['tm-1']!, 'SIGKILL')
      const since = (): number => performance.now() - killedAt
      const [clusterMs, jobMs] = await Promise.all([
        clusterPage
          .getByText(/, 1 lost/)
          .waitFor()
          .then(since),
        job.status('Restarting').waitFor().then(since),
      ])
      expect(Math.max(clusterMs, jobMs)).toBeLessThan(SHOWN_MS_MAX)
      await clusterPage.getByText('Lost', { exact: true }).waitFor()
      await clusterPage.getByText(/^for \d/).waitFor()
      await expectAccessible(clusterPage)
      await takePictures(clusterPage, 'cluster-lost')
      await takePictures(jobPage, 'job-restarting')
    } finally {
      world.cluster.process.kill('SIGCONT')
    }

    // It is back when the JobManager has heard of it.
    await until(20_000, 'the TaskManager to come back', async () => {
      const taskManagers = await world.cluster.get<{ status: string }[]>('/taskmanagers')
      return taskManagers.some(({ status }) => status === 'ACTIVE')
    })
    const backAt = performance.now()
    await clusterPage.getByText(/on 1 TaskManager\b/).waitFor()
    expect(performance.now() - backAt).toBeLessThan(SHOWN_MS_MAX)
    await job.status('Running').waitFor()
    await job.counts('Records in', performance.now())
  })

  it('says disconnected when the JobManager dies, loses nothing that is typed, and is live again by itself', async () => {
    const { draftId } = await world.createDraft('kept.ts', SOURCE)
    // Requests to a JobManager that is dead are answered with 502, of which the browser complains.
    const page = await world.open({ path: `/pipelines/${draftId}`, expected: [/50[0-9]/, /ERR_/] })
    const editor = new CodeEditor(page)
    await editor.ready()
    process.kill(world.cluster.pids().jobmanager!, 'SIGKILL')
    await page.getByRole('button', { name: /^Disconnected/ }).waitFor()
    await editor.replace('rowsPerSecond: 100', 'rowsPerSecond: 123')
    await page.getByText(/^Not saved: JobManager unreachable/).waitFor()
    await expectAccessible(page, 'header')
    await takePictures(page, 'code-disconnected')

    await page.getByRole('button', { name: 'Live', exact: true }).waitFor({ timeout: 30_000 })
    await editor.saved()
    await editor.line('rowsPerSecond: 123').waitFor()
    expect((await world.draft(draftId)).source).toContain('rowsPerSecond: 123')
    await editor.checked()
  })

  it('keeps what was typed over a refresh while the JobManager is down', async () => {
    const { draftId } = await world.createDraft('kept-too.ts', SOURCE)
    const page = await world.open({ path: `/pipelines/${draftId}`, expected: [/50[0-9]/, /ERR_/] })
    const editor = new CodeEditor(page)
    await editor.ready()
    const pid = world.cluster.pids().jobmanager!
    // Stopped, not ended: the supervisor does not start another one meanwhile.
    process.kill(pid, 'SIGSTOP')
    try {
      await editor.replace('rowsPerSecond: 100', 'rowsPerSecond: 321')
      await page.reload()
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await editor.ready()
    await editor.line('rowsPerSecond: 321').waitFor()
    await editor.saved()
    expect((await world.draft(draftId)).source).toContain('rowsPerSecond: 321')
    await expectAccessible(page, 'header')
  })
}
