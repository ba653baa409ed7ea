import { expect, it } from 'vitest'
import { expectAccessible, logIn, loginLink, takePictures } from '../support/browser.ts'
import type { WebWorld } from '../support/web-world.ts'

/** Answers of 401 that the browser complains of. */
const REFUSED = [/401/]

export function loggingIn(world: WebWorld): void {
  it('leads from the link to the home page of an empty cluster', async () => {
    const page = await world.browser.newPage(world.cluster)
    await logIn(page, world.cluster)
    await page.getByRole('heading', { level: 1, name: 'The cluster is ready. Nothing runs yet.' }).waitFor()
    await page.getByRole('button', { name: 'Run Word count', exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('')
    await expectAccessible(page)
    await takePictures(page, 'home-empty')
  })

  it('shows the page to log in to whoever has no session', async () => {
    const page = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await page.goto('/')
    await page.waitForURL(url => url.pathname === '/login')
    await page.getByText('JobManager is reachable').waitFor()
    await expectAccessible(page)
    await takePictures(page, 'login')
  })

  it('opens a link once, and says how to get another', async () => {
    const link = await loginLink(world.cluster)
    const first = await world.browser.newPage(world.cluster)
    await first.goto(link)
    await first.waitForURL(url => url.pathname === '/')
    const second = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await second.goto(link)
    await second.getByText('This link does not log in any more.').waitFor()
    await second.getByText('./weir login').waitFor()
    expect(new URL(second.url()).pathname).toBe('/login')
    await expectAccessible(second)
    await takePictures(second, 'login-refused')
  })

  it('refuses a token that is none, and says so at its field', async () => {
    const page = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await page.goto('/login')
    await page.getByLabel('Token').fill('weir_nonsense')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('alert').filter({ hasText: 'token' }).waitFor()
    expect(await page.getByLabel('Token').getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)
  })

  it('leads back to where a session ended, after another login', async () => {
    const page = await world.browser.newPage(world.cluster, { expected: REFUSED })
    await logIn(page, world.cluster)
    await page.goto('/jobs?status=failed')
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    const other = await world.browser.newTab(page, { expected: REFUSED })
    await other.goto('/cluster')
    await other.getByRole('button', { name: 'Account' }).click()
    await other.getByRole('menuitem', { name: 'Log out' }).click()
    await other.getByText('You are logged out.').waitFor()

    // The next thing that the page asks for is refused.
    await page.reload()
    await page.waitForURL(url => url.pathname === '/login')
    expect(new URL(page.url()).searchParams.get('next')).toBe('/jobs?status=failed')
    await page.getByText('You are not logged in,').waitFor()
    await expectAccessible(page)
    await takePictures(page, 'login-ended')
    await page.getByLabel('Token').fill(world.cluster.token)
    await page.keyboard.press('Enter')
    await page.waitForURL(url => url.pathname === '/jobs')
    expect(new URL(page.url()).search).toBe('?status=failed')
  })
}
