import { readFileSync } from 'node:fs'
import type { Locator } from '@playwright/test'
import { expectAccessible, type Page, takePictures } from './browser.ts'
import { until } from './cluster.ts'

/** The page of a job. */
export class JobView {
  readonly page: Page
  readonly verdict: Locator

  constructor(page: Page) {
    this.page = page
    this.verdict = page.locator('[data-kind], [data-tone]').first()
  }

  /** Waits until the browser stands at the page of a job, and gives its id. */
  async arrived(): Promise<string> {
    await this.page.waitForURL(url => /^\/jobs\/./.test(url.pathname))
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? ''
  }

  /** A figure of the strip below the verdict, as it is written: `5.0 k/s`, `—`. */
  async figure(name: string): Promise<string> {
    const figure = this.page.locator('dl > div').filter({ has: this.page.getByText(name, { exact: true }) })
    return ((await figure.locator('dd').textContent()) ?? '').replaceAll(/\s+/g, ' ').trim()
  }

  async tab(name: string): Promise<void> {
    const tab = this.page.getByRole('tab', { name: new RegExp(`^${name}`) })
    await tab.click()
    await this.page.getByRole('tabpanel', { name: new RegExp(`^${name}`) }).waitFor()
  }

  status(word: string): Locator {
    return this.page.locator('header').getByText(word, { exact: true })
  }

  /** Waits until a figure is more than 0; gives how long that took since `since` (performance.now()). */
  async counts(name: string, since: number): Promise<number> {
    await until(15_000, `${name} to rise`, async () => /^[\d.,]*[1-9]/.test(await this.figure(name)), 20)
    return performance.now() - since
  }

  /** The rows that the Data tab shows, by its download. */
  async download(format: 'NDJSON' | 'CSV'): Promise<string> {
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByRole('button', { name: `Download the rows shown as ${format}` }).click(),
    ])
    return readFileSync(await download.path(), 'utf8')
  }

  /** Looks at the tabs whose content depends on how the job is: accessible, and pictured as `job-<tab>-<how>`. */
  async pictureTabs(how: string): Promise<void> {
    for (const tab of ['Errors', 'Logs', 'Metrics', 'Config']) {
      await this.tab(tab)
      await expectAccessible(this.page, '[role=tabpanel]')
      await takePictures(this.page, `job-${tab.toLowerCase()}-${how}`)
    }
    await this.tab('Graph')
  }

  async cancel(): Promise<void> {
    await this.page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await this.page.getByRole('button', { name: 'Cancel the job' }).click()
    await this.status('Canceled').waitFor()
  }
}
