import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type EarthquakeSummary, earthquakes, sortSummaries } from '../oracles/earthquakes.ts'
import { expectAccessible, takePictures } from '../support/browser.ts'
import { CodeEditor } from '../support/code-editor.ts'
import { JobView } from '../support/job-page.ts'
import type { WebWorld } from '../support/web-world.ts'

/** From the click that starts a job to counts that rise: what a new user is promised. */
const COUNTS_RISE_MS_MAX = 5_000

export function firstJob(world: WebWorld): void {
  it('is one click from an empty cluster to counts that rise within 5 s, and ends by Cancel', async () => {
    const page = await world.open()
    const job = new JobView(page)
    const clickedAt = performance.now()
    await page.getByRole('button', { name: 'Run Word count', exact: true }).click()
    const tookMs = await job.counts('Records in', clickedAt)
    expect(tookMs).toBeLessThan(COUNTS_RISE_MS_MAX)
    const jobId = await job.arrived()
    await page.getByRole('button', { name: /^split, .*, [1-9][\d.,]*( k)?\/s/ }).waitFor()
    await expectAccessible(page)
    await takePictures(page, 'job-graph-running')
    await job.pictureTabs('running')
    await job.cancel()
    expect((await world.cluster.status(jobId)).status).toBe('CANCELED')
  })

  it('is made of a template: edited with completion, mended where it is wrong, deployed, and its rows are right', async () => {
    const page = await world.open({ path: '/templates' })
    await page.getByRole('button', { name: 'Open Earthquakes' }).waitFor()
    await expectAccessible(page)
    await takePictures(page, 'templates')
    await page.getByRole('button', { name: 'Open Earthquakes' }).click()

    const editor = new CodeEditor(page)
    await editor.ready()
    await editor.select('fileSink,')
    await editor.complete('collectS', 'collectSink')
    await page.keyboard.type(',')
    // A word that is none: underlined where it stands, and in the Problems.
    await editor.replace("fileSink({ path: 'out/earthquakes', format: 'json' })", 'colectSink()')
    await editor.problems.getByText("Cannot find name 'colectSink'").first().waitFor()
    await page.locator('.squiggly-error').first().waitFor()
    await expectAccessible(page)
    await takePictures(page, 'code-error')
    await editor.replace('colectSink()', 'collectSink()')
    await editor.problems.getByText('Error').waitFor({ state: 'detached' })
    await editor.checked()
    await editor.saved()
    expect((await world.draft(editor.draftId)).source).toContain('.addSink(collectSink())')

    await page.getByRole('button', { name: 'Deploy…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Deploy earthquakes' })
    await dialog.getByText('Needs 2 slots; 4 of 4 are free.').waitFor()
    await expectAccessible(page, '[role=dialog]')
    await takePictures(page, 'deploy-dialog')
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click()
    const job = new JobView(page)
    const jobId = await job.arrived()
    await world.cluster.reached(jobId, ['FINISHED'])
    await job.status('Finished').waitFor()
    await page
      .getByText(/^Finished in .*: 1,707 records in, 367 out\.$/)
      .first()
      .waitFor()

    await takePictures(page, 'job-graph-finished')
    await job.tab('Data')
    const expected = earthquakes(join(world.dataFolder, 'earthquakes.ndjson'))
    await page.getByRole('toolbar', { name: 'Rows' }).getByText(`${expected.length} rows`).waitFor()
    const rows = (await job.download('NDJSON'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as EarthquakeSummary)
    expect(sortSummaries(rows)).toEqual(expected)
    await expectAccessible(page)
    await takePictures(page, 'job-data-finished')
  })
}
