import { expect, it } from 'vitest'
import { expectAccessible, type Page } from '../support/browser.ts'
import { until } from '../support/cluster.ts'
import { CodeEditor } from '../support/code-editor.ts'
import { JobView } from '../support/job-page.ts'
import type { WebWorld } from '../support/web-world.ts'

const SOURCE = `import { collectSink, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('three')
env.fromElements(1, 2, 3).name('three').map(i => i * 2).name('double').addSink(collectSink())
export default env
`

async function choose(page: Page, words: string, option: RegExp): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder(/^Search pages/).fill(words)
  await page.getByRole('option', { name: option }).waitFor()
  await page.keyboard.press('Enter')
}

export function palette(world: WebWorld): void {
  it('lists what can be done on a page: a pipeline is deployed from it, its job run again and deleted', async () => {
    const { draftId } = await world.createDraft('three.ts', SOURCE)
    const page = await world.open({ path: `/pipelines/${draftId}` })
    const editor = new CodeEditor(page)
    await editor.ready()
    await editor.checked()
    await choose(page, 'deploy', /^Deploy…/)
    const dialog = page.getByRole('dialog', { name: /^Deploy/ })
    await dialog.getByText(/ are free\.$/).waitFor()
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click()
    const job = new JobView(page)
    const first = await job.arrived()
    await job.status('Finished').waitFor()
    // The button that led here is gone: the keyboard goes on at the heading of the page.
    await until(2_000, 'the focus to be on the heading', () =>
      page.evaluate<boolean>(`document.activeElement.tagName === 'H1'`),
    )

    // A job that is over sends no more rows that a page could be held from.
    await choose(page, 'show data', /^Show Data/)
    await page.getByRole('toolbar', { name: 'Rows' }).getByText('3 rows').waitFor()
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)

    await choose(page, 'run again', /^Run again/)
    await page.waitForURL(url => url.pathname.startsWith('/jobs/') && !url.pathname.endsWith(first))
    const second = new URL(page.url()).pathname.split('/').at(-1)
    await job.status('Finished').waitFor()
    await choose(page, 'delete', /^Delete from history/)
    const confirm = page.getByRole('alertdialog').or(page.getByRole('dialog'))
    await confirm.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.waitForURL(url => url.pathname === '/jobs')
    const table = page.getByRole('table', { name: 'Jobs' })
    // What it did stands there though it is over, and its id beside its name.
    const row = table.getByRole('row').filter({ hasText: first })
    await row.getByText('3', { exact: true }).first().waitFor()
    expect(await table.getByText(second ?? '').count()).toBe(0)
    await expectAccessible(page)
    expect((await world.draft(draftId)).jobId).toBe(first)
  })
}
