import { expect, it } from 'vitest'
import { expectAccessible, logIn, type Page, takePictures } from '../support/browser.ts'
import { CodeEditor } from '../support/code-editor.ts'
import { JobView } from '../support/job-page.ts'
import type { WebWorld } from '../support/web-world.ts'

const SOURCE = `import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('watched')
env.addSource(datagenSource<number>({ rowsPerSecond: 100, seed: 1, generator: i => i })).name('numbers')
  .map(i => i * 2).name('double')
  .addSink(collectSink())
export default env
`
/** Answers that the browser complains of: the session is over, or the role does not allow it. */
const REFUSED = [/40[13]/]
/** So long a page that stays open may take to notice that its session has ended. */
const NOTICED_MS_MAX = 20_000

/** Ends the session of a page as another tab of the same browser would, without a word to the page. */
async function endSession(page: Page): Promise<void> {
  const { origin } = new URL(page.url())
  const answer = await page.context().request.post(`${origin}/api/v1/logout`, { headers: { origin } })
  expect(answer.ok()).toBe(true)
}

async function logInAgain(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.keyboard.press('Enter')
}

export function sessions(world: WebWorld): void {
  it('says on a page that stays open that its session has ended, and leads back to the same address', async () => {
    const page = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await logIn(page, world.cluster)
    await page.goto('/jobs?status=failed')
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
    await endSession(page)
    await page.waitForURL(url => url.pathname === '/login', { timeout: NOTICED_MS_MAX })
    await page.getByText('Your session has ended.').waitFor()
    await expectAccessible(page)
    await takePictures(page, 'login-session-ended')
    await logInAgain(page, world.cluster.token)
    await page.waitForURL(url => url.pathname === '/jobs' && url.search === '?status=failed')
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor()
  })

  it('loses nothing of what is typed when the session ends meanwhile', async () => {
    const { draftId } = await world.createDraft('kept over a login.ts', SOURCE)
    const page = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await logIn(page, world.cluster)
    await page.goto(`/pipelines/${draftId}`)
    const editor = new CodeEditor(page)
    await editor.ready()
    await endSession(page)
    await editor.replace('i * 2', 'i * 2000 /* typed after the end */')
    await page.waitForURL(url => url.pathname === '/login', { timeout: NOTICED_MS_MAX })
    await page.getByText('Your session has ended.').waitFor()
    expect((await world.draft(draftId)).source).not.toContain('typed after the end')
    await logInAgain(page, world.cluster.token)
    await page.waitForURL(url => url.pathname === `/pipelines/${draftId}`)
    await editor.ready()
    await editor.line('typed after the end').waitFor()
    await editor.saved()
    expect((await world.draft(draftId)).source).toContain('i * 2000 /* typed after the end */')
  })

  it('shows a viewer everything but what a viewer may not do, and says why', async () => {
    const jobId = await world.submit('watched.ts', SOURCE)
    await world.cluster.reached(jobId, ['RUNNING'])
    const token = await world.tokenOf('viewer')
    const page = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await page.goto('/login')
    await logInAgain(page, token)
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByRole('link', { name: 'watched', exact: true }).first().waitFor()
    const reason = 'Your role, viewer, does not allow this'
    const refused = async (name: string): Promise<void> => {
      const button = page.getByRole('button', { name, exact: true }).first()
      await button.waitFor()
      expect(await button.isDisabled(), name).toBe(true)
    }
    await refused('New pipeline')
    await expectAccessible(page)
    await takePictures(page, 'viewer-home')

    await page.goto('/pipelines')
    await page.getByRole('table', { name: 'Pipelines' }).waitFor()
    await refused('New pipeline')
    await refused('Upload a job file')
    expect(await page.getByRole('button', { name: 'New pipeline' }).getAttribute('title')).toBe(reason)
    expect(await page.getByRole('button', { name: /^(Rename|Delete) / }).count()).toBe(0)

    await page.goto(`/jobs/${jobId}`)
    const job = new JobView(page)
    await job.status('Running').waitFor()
    for (const name of ['Edit code', 'Run again', 'Cancel']) await refused(name)
    await page.getByRole('button', { name: 'Cancel', exact: true }).hover({ force: true })
    await page.getByText(reason).first().waitFor()
    await takePictures(page, 'viewer-job')
    // Records and logs are not for everybody: the tabs say what they take.
    for (const tab of ['Data', 'Logs']) {
      await job.tab(tab)
      await page
        .getByRole('tabpanel')
        .getByText(/has the role viewer, which may not see this/)
        .waitFor()
      await expectAccessible(page, '[role=tabpanel]')
    }
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder(/^Search pages/).fill('cancel')
    const option = page.getByRole('option', { name: /Cancel the job/ })
    await option.waitFor()
    expect(await option.getAttribute('aria-disabled')).toBe('true')
    expect((await world.cluster.status(jobId)).status).toBe('RUNNING')
  })
}
