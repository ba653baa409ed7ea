import { expect, it } from 'vitest'
import { expectAccessible, type Page, takePictures } from '../support/browser.ts'
import { until } from '../support/cluster.ts'
import { CodeEditor } from '../support/code-editor.ts'
import type { WebWorld } from '../support/web-world.ts'

const SOURCE = `import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('doubled')

env
  .addSource(datagenSource<number>({ rowsPerSecond: 10, seed: 1, generator: i => i }))
  .name('numbers')
  .map(i => i * 2)
  .name('double')
  .addSink(collectSink())

export default env
`

/** Runs in the page. */
const EDITOR_GROUND = `getComputedStyle(document.querySelector('.monaco-editor')).backgroundColor`
const LIGHT = 'rgb(255, 255, 255)'
const DARK = 'rgb(20, 24, 27)'

export function code(world: WebWorld): void {
  async function openDraft(name: string): Promise<{ page: Page; editor: CodeEditor; draftId: string }> {
    const { draftId } = await world.createDraft(`${name}.ts`, SOURCE)
    const page = await world.open({ path: `/pipelines/${draftId}` })
    const editor = new CodeEditor(page)
    await editor.ready()
    return { page, editor, draftId }
  }

  it('offers what fits while one types, draws the graph of it, and goes to an operator from its card', async () => {
    const { page, editor } = await openDraft('completed')
    await editor.select(".name('double')")
    await page.keyboard.press('End')
    await page.keyboard.type('\n.fil')
    await editor.suggestions.filter({ hasText: 'filter' }).first().waitFor()
    await expectAccessible(page, '.suggest-widget')
    await takePictures(page, 'code-completion')
    await page.keyboard.press('Enter')
    await page.keyboard.type('(i => i > 4)')
    const card = page.getByRole('button', { name: /^filter, filter/i })
    await card.waitFor()
    await card.click()
    await page.getByText(/^Ln 10, Col/).waitFor()
  })

  it('says in an empty file how to begin, and brings the import of a name that is completed', async () => {
    const { page, editor } = await openDraft('begun')
    await editor.clear()
    await page.getByText('Nothing here yet.').waitFor()
    await editor.checked()
    await expectAccessible(page)
    await takePictures(page, 'code-empty')
    await page.keyboard.type('const env = new Stream')
    await editor.suggested('StreamExecutionEnvironment')
    await takePictures(page, 'code-import')
    await page.keyboard.press('Enter')
    await editor.line("import { StreamExecutionEnvironment } from '@weir/sdk'").waitFor()
    await editor.clear()
    await page.getByRole('button', { name: 'Insert a skeleton' }).click()
    await page.getByRole('button', { name: /^datagen, datagen/ }).waitFor()
    await page.getByText('No problems').waitFor()
  })

  it('takes the colours of the page, also when they change', async () => {
    const { page } = await openDraft('coloured')
    const becomes = (colour: string): Promise<number> =>
      until(2_000, `the editor to be ${colour}`, async () => (await page.evaluate(EDITOR_GROUND)) === colour)
    await becomes(LIGHT)
    await page.emulateMedia({ colorScheme: 'dark' })
    await becomes(DARK)
    await page.getByRole('button', { name: 'Colours' }).click()
    await page.getByRole('menuitemradio', { name: 'Light' }).click()
    await becomes(LIGHT)
  })

  it('loses nothing by a refresh in the middle of a word', async () => {
    const { page, editor, draftId } = await openDraft('refreshed')
    await editor.replace('i * 2', 'i * 3 /* never lost')
    // Before the pause in typing after which it would have been saved.
    await page.reload()
    await editor.ready()
    await editor.line('i * 3 /* never lost').waitFor()
    await editor.saved()
    expect((await world.draft(draftId)).source).toContain('i * 3 /* never lost')
    await expectAccessible(page)
  })

  it('keeps a history of versions with their difference, and brings one back', async () => {
    const { page, editor, draftId } = await openDraft('restored')
    await editor.replace('i * 2', 'i * 7')
    await editor.saved()
    await page.getByRole('button', { name: 'History' }).click()
    const drawer = page.getByRole('dialog', { name: 'History' })
    await drawer.getByRole('button').filter({ hasText: 'revision' }).first().waitFor()
    await takePictures(page, 'code-history')
    await drawer.getByRole('button').filter({ hasText: 'revision' }).last().click()
    const version = page.getByRole('dialog', { name: /^Version of / })
    await version.locator('.diff-hidden-lines, .line-insert, .char-insert').first().waitFor({ state: 'attached' })
    await expectAccessible(page, '[role=dialog]:last-of-type')
    await takePictures(page, 'code-history-diff')
    await version.getByRole('button', { name: 'Restore this version' }).click()
    await editor.line('i * 2').waitFor()
    await editor.saved()
    expect((await world.draft(draftId)).source).toBe(SOURCE)
  })

  it('lets whoever types choose when two tabs change the same text, and both tabs live', async () => {
    const { page, editor, draftId } = await openDraft('two tabs')
    const other = await world.browser.newTab(page)
    await other.goto(`/pipelines/${draftId}`)
    const otherEditor = new CodeEditor(other)
    await otherEditor.ready()
    await otherEditor.replace('i * 2', 'i * 20')
    await otherEditor.saved()
    expect((await world.draft(draftId)).source).toContain('i * 20')

    await page.bringToFront()
    await editor.replace('numbers', 'whole numbers')
    const bar = page.getByRole('alert').filter({ hasText: 'Edited elsewhere.' })
    await bar.waitFor()
    expect((await world.draft(draftId)).source).not.toContain('whole numbers')
    await expectAccessible(page, '[role=alert]')
    await takePictures(page, 'code-conflict')
    await bar.getByRole('button', { name: 'Keep mine' }).click()
    await bar.waitFor({ state: 'detached' })
    await editor.saved()
    const { source } = await world.draft(draftId)
    expect(source).toContain("'whole numbers'")
    expect(source).not.toContain('i * 20')
    for (const tab of [page, other]) await tab.getByRole('button', { name: 'Live', exact: true }).waitFor()
  })

  it('takes pasted lines as sample input for a job', async () => {
    const { page, editor, draftId } = await openDraft('sampled')
    await page.getByRole('tab', { name: 'Sample data' }).click()
    await page.getByRole('button', { name: 'Paste lines' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Lines').fill('one\ntwo\n')
    await dialog.getByRole('button', { name: /^Keep/ }).click()
    await page.getByRole('list', { name: 'Sample files' }).getByRole('listitem').waitFor()
    await expectAccessible(page, '[aria-label=Panel]')
    await takePictures(page, 'code-samples')
    expect((await world.draft(draftId)).samples.map(({ sizeBytes }) => sizeBytes)).toEqual([8])

    // As a source where one is missing, and a whole statement where the caret stands in the middle of something else.
    await editor.select('datagenSource<number>({ rowsPerSecond: 10, seed: 1, generator: i => i })')
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: 'Insert source for sample.txt' }).click()
    await page.getByRole('button', { name: /^numbers, fileSource/i }).waitFor()
    await editor.line('collectSink, datagenSource, fileSource, StreamExecutionEnvironment').waitFor()
    await editor.select('const env')
    await page.getByRole('button', { name: 'Insert source for sample.txt' }).click()
    await editor.line('const sample = env.addSource(').waitFor()
    await page.getByRole('button', { name: /^fileSource, fileSource/i }).waitFor()
    await takePictures(page, 'code-samples-inserted')

    // A file of one's own stands beside what was pasted, as it was.
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Upload a file' }).click(),
    ])
    const file = Buffer.from('{"user":"ann"}\n{"user":"bo"}\n')
    await chooser.setFiles({ name: 'clicks.ndjson', mimeType: 'application/x-ndjson', buffer: file })
    await page.getByRole('button', { name: 'Insert source for clicks.ndjson' }).waitFor()
    const { samples } = await world.draft(draftId)
    expect(samples.map(({ name, sizeBytes }) => [name, sizeBytes])).toContainEqual(['clicks.ndjson', file.length])
  })
}
