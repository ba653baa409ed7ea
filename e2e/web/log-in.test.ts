import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  expectAccessible,
  logIn,
  loginLink,
  skipWithoutChromium,
  TestBrowser,
  takePictures,
} from '../support/browser.ts'
import { TestCluster } from '../support/cluster.ts'

describe.skipIf(skipWithoutChromium('logging in with a browser'))('logging in with a browser', () => {
  let cluster: TestCluster
  let browser: TestBrowser

  beforeAll(async () => {
    ;[cluster, browser] = await Promise.all([TestCluster.start(), TestBrowser.launch()])
  })
  afterEach(async () => {
    await browser.closePages()
    browser.expectNoComplaints()
  })
  afterAll(async () => {
    await browser?.close()
    await cluster?.stop()
  })

  it('leads from the link to the home page, which is accessible in both themes', async () => {
    const page = await browser.newPage(cluster)
    await logIn(page, cluster)
    await page.getByRole('link', { name: 'Home', exact: true }).first().waitFor()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(new URL(page.url()).search).toBe('')
    await expectAccessible(page)
    await takePictures(page, 'home')
  })

  it('shows the page to log in to whoever has no session, accessible in both themes', async () => {
    const page = await browser.newPage(cluster, { expected: [/401/] })
    await page.goto('/jobs')
    await page.waitForURL(url => url.pathname === '/login')
    await page.getByRole('textbox').first().waitFor()
    await expectAccessible(page)
    await takePictures(page, 'login')
  })

  it('opens a link once, and says how to get another', async () => {
    const link = await loginLink(cluster)
    await (await browser.newPage(cluster)).goto(link)
    const second = await browser.newPage(cluster, { expected: [/401/] })
    await second.goto(link)
    await second.getByText('./weir login').first().waitFor()
    expect(new URL(second.url()).pathname).toBe('/login')
  })
})
