import { expect, it } from 'vitest'
import { expectAccessible, takePictures } from '../support/browser.ts'
import { CodeEditor } from '../support/code-editor.ts'
import { JobView } from '../support/job-page.ts'
import { SLOTS, type WebWorld } from '../support/web-world.ts'

const HEAD = `import { blackholeSink, collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'
`

/** A job whose operator 'broken' runs `body` for each number `i`; line 5 of the file is the body's. */
function jobWith(name: string, body: string, sink = 'blackholeSink()'): string {
  return `${HEAD}const env = new StreamExecutionEnvironment('${name}')
env.addSource(datagenSource<number>({ rowsPerSecond: 100, seed: 1, generator: i => i })).name('numbers')
  .map(i => {
    ${body}
    return i
  }).name('broken')
  .addSink(${sink})
export default env
`
}

export function troubledJobs(world: WebWorld): void {
  it('shows of a job that failed the operator, the record, the line of the source and the way back to it', async () => {
    const source = jobWith('fails at fifty', `if (i === 50) throw new Error('fifty is too much')`)
    const jobId = await world.submit('fails.ts', source)
    await world.cluster.reached(jobId, ['FAILED'])
    const page = await world.open({ path: `/jobs/${jobId}` })
    const job = new JobView(page)
    await job.status('Failed').waitFor()
    await page.getByText('fifty is too much').first().waitFor()
    await takePictures(page, 'job-graph-failed')
    await job.tab('Errors')
    const errors = page.getByRole('tabpanel', { name: /^Errors/ })
    await errors.getByText('broken').first().waitFor()
    await errors.getByText('fifty is too much').first().waitFor()
    await errors
      .getByText(/fails\.ts:5\b/)
      .first()
      .waitFor()
    await errors.getByText(`if (i === 50) throw new Error('fifty is too much')`).first().waitFor()
    await errors.getByText(/^50$/).first().waitFor()
    await expectAccessible(page)
    await job.pictureTabs('failed')
  })

  it('names the operator in which a job makes no progress', async () => {
    const jobId = await world.submit('endless.ts', jobWith('endless', 'if (i === 50) for (;;);'))
    const page = await world.open({ path: `/jobs/${jobId}` })
    const job = new JobView(page)
    await page
      .getByText(/^No progress in broken: /)
      .first()
      .waitFor({ timeout: 20_000 })
    await page.getByRole('button', { name: /^broken, .*no progress/ }).waitFor()
    await expectAccessible(page)
    await takePictures(page, 'job-graph-no-progress')
    await job.cancel()
  })

  it('says before a deploy that no slot is free, waits with the numbers, and runs when slots get free', async () => {
    const full = jobWith('takes all', '')
    const { draftId } = await world.createDraft('takes-all.ts', full)
    const revision = (await world.draft(draftId)).revision
    const deploy = { draftId, revision, name: 'takes all', parallelism: SLOTS }
    const { jobId: first } = await world.order<{ jobId: string }>('drafts.deploy', deploy)
    await world.cluster.reached(first, ['RUNNING'])

    const waiting = await world.createDraft('waits.ts', jobWith('waits', '', 'collectSink()'))
    const page = await world.open({ path: `/pipelines/${waiting.draftId}` })
    await new CodeEditor(page).ready()
    await page.getByRole('button', { name: 'Deploy…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Needs 1 slot; none is free. The job waits until enough are.').waitFor()
    await expectAccessible(page, '[role=dialog]')
    await takePictures(page, 'deploy-dialog-no-slots')
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click()
    const job = new JobView(page)
    const jobId = await job.arrived()
    await page.getByText('Waits for slots: needs 1, none is free.').first().waitFor()
    await expectAccessible(page)
    await takePictures(page, 'job-waiting')
    await job.pictureTabs('waiting')
    expect((await world.cluster.status(jobId)).status).toBe('CREATED')

    await world.cancel(first)
    await job.status('Running').waitFor()
    await job.counts('Records in', performance.now())
    await job.tab('Data')
    await page
      .getByRole('table', { name: /^Rows of/ })
      .getByRole('row')
      .nth(3)
      .waitFor()
    await expectAccessible(page)
    await takePictures(page, 'job-data-running')
  })
}
