import { expect, it } from 'vitest'
import { expectAccessible, type Page } from '../support/browser.ts'
import { until } from '../support/cluster.ts'
import { CodeEditor } from '../support/code-editor.ts'
import { JobView } from '../support/job-page.ts'
import type { WebWorld } from '../support/web-world.ts'

const STEPS_MAX = 80

/** Presses Tab until what has the focus has this name; fails when it cannot be reached so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let step = 0; step < STEPS_MAX; step++) {
    await page.keyboard.press('Tab')
    const focused = await focusedName(page)
    if (name.test(focused)) return
    seen.push(focused)
  }
  throw new Error(`Tab does not lead to ${name}: ${seen.join(' | ')}`)
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const { activeElement: it } = document
    return it.getAttribute('aria-label') ?? it.labels?.[0]?.textContent ?? it.textContent ?? ''
  })()`)
}

export function keyboard(world: WebWorld): void {
  it('is enough for the whole way from the login to results', async () => {
    const page = await world.browser.newPage(world.cluster, { expected: [/401/] })
    const { keyboard: keys } = page
    await page.goto('/login')
    await page.getByLabel('Token').waitFor()
    await tabTo(page, /^Token/)
    await keys.insertText(world.cluster.token)
    await keys.press('Enter')
    await page.waitForURL(url => url.pathname === '/')
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()

    await keys.press('Control+k')
    await page.getByPlaceholder(/^Search pages/).waitFor()
    await keys.type('templates')
    await page
      .getByRole('option', { name: /Templates/ })
      .first()
      .waitFor()
    await keys.press('Enter')
    await page.waitForURL(url => url.pathname === '/templates')
    await page.getByRole('button', { name: 'Open Payment checks' }).waitFor()
    await tabTo(page, /^Open Payment checks/)
    await keys.press('Enter')

    const editor = new CodeEditor(page)
    await editor.ready()
    // The editor has the focus; Escape, then Tab, is the way out of it.
    await editor.replace('rowsPerSecond: 20', 'rowsPerSecond: 40')
    await editor.saved()
    await keys.press('Escape')
    await tabTo(page, /./)
    expect(await focusedName(page)).not.toMatch(/^Code of/)
    await keys.press('Control+Enter')
    const dialog = page.getByRole('dialog', { name: /^Deploy/ })
    await dialog.getByText(/ are free\.$/).waitFor()
    expect(await focusedName(page)).toMatch(/^Name of the job/)
    await keys.press('Enter')
    const job = new JobView(page)
    await job.arrived()
    await page.getByRole('tab', { name: 'Graph' }).waitFor()
    await tabTo(page, /^Graph$/)
    await keys.press('ArrowRight')
    await until(2_000, 'the focus to be on Data', async () => (await focusedName(page)) === 'Data')
    await keys.press('Enter')
    const rows = page.getByRole('table', { name: /^Rows of/ }).getByRole('row')
    await rows.nth(2).waitFor()
    await expectAccessible(page)
    await keys.press('Control+k')
    await page.getByPlaceholder(/^Search pages/).waitFor()
    await keys.press('Escape')
  })
}
