import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'
import { expect } from 'vitest'
import type { TestCluster } from './cluster.ts'

export type { Page } from '@playwright/test'
export type Theme = 'light' | 'dark'

export const THEMES: readonly Theme[] = ['light', 'dark']

/** Where screenshots go: never into the work tree. */
export const artifactsFolder = process.env.WEIR_ARTIFACTS ?? join(tmpdir(), 'weir-artifacts')

/** How long a page may take to show what a test waits for, on a machine that runs other tests at the same time. */
const ACTION_MS_MAX = 30_000

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function chromiumProgram(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(':')]
  const programs = names.flatMap(name => folders.map(folder => join(folder, name)))
  return programs.find(program => existsSync(program)) ?? null
}

/** For `describe.skipIf`: says loudly what is skipped and why. */
export function skipWithoutChromium(what: string): boolean {
  if (chromiumProgram() !== null) return false
  console.log(`SKIPPED: ${what} because Chromium is not installed (Debian: apt-get install chromium)`)
  return true
}

export interface PageOptions {
  readonly theme?: Theme
  readonly viewport?: { readonly width: number; readonly height: number }
  /** Complaints of the browser that this test provokes, such as answers of 401. */
  readonly expected?: readonly RegExp[]
  /** Cookies and storage of an earlier page. */
  readonly session?: Awaited<ReturnType<BrowserContext['storageState']>>
}

/**
 * Debian's Chromium for one test file. Pages are watched from their first moment on: errors on the console, exceptions
 * that nobody caught, violations of the Content-Security-Policy and requests to other hosts are complaints, and
 * `expectNoComplaints` fails on the first of them.
 */
export class TestBrowser {
  readonly #browser: Browser
  readonly #contexts: BrowserContext[] = []
  readonly #complaints: string[] = []

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async launch(): Promise<TestBrowser> {
    const executablePath = chromiumProgram()
    if (executablePath === null) throw new Error('Chromium is not installed: guard the suite by skipWithoutChromium')
    // It must not carry settings of a tester's machine into what it shows.
    return new TestBrowser(await chromium.launch({ executablePath, args: ARGUMENTS, headless: true }))
  }

  /** A new page with cookies and storage of its own, as of another person. */
  async newPage(cluster: TestCluster, options: PageOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      baseURL: cluster.webUrl,
      colorScheme: options.theme ?? 'light',
      viewport: options.viewport ?? { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
      storageState: options.session,
    })
    this.#contexts.push(context)
    context.setDefaultTimeout(ACTION_MS_MAX)
    await context.addInitScript({ content: REPORT_CSP_VIOLATIONS })
    return this.#watched(await context.newPage(), cluster.webUrl, options.expected ?? [])
  }

  /** A second tab beside a page: the same cookies and storage. */
  async newTab(beside: Page, options: Pick<PageOptions, 'expected'> = {}): Promise<Page> {
    const page = await beside.context().newPage()
    return this.#watched(page, new URL(beside.url()).origin, options.expected ?? [])
  }

  /** Fails when the browser had anything to complain about since the last call. */
  expectNoComplaints(): void {
    expect(this.#complaints.splice(0)).toEqual([])
  }

  /** Pictures of the pages as a test that failed left them. */
  async takeLastPictures(name: string): Promise<void> {
    mkdirSync(artifactsFolder, { recursive: true })
    const pages = this.#contexts.flatMap(context => context.pages())
    const file = `failed-${name.replaceAll(/\W+/g, '-').slice(0, 80)}`
    await Promise.allSettled(
      pages.map((page, i) => page.screenshot({ path: join(artifactsFolder, `${file}-${i + 1}.png`) })),
    )
  }

  /** Closes all pages, but leaves the browser open: for `afterEach`. */
  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map(context => context.close()))
  }

  async close(): Promise<void> {
    await this.#browser.close()
  }

  #watched(page: Page, origin: string, expected: readonly RegExp[]): Page {
    const complain = (text: string): void => {
      if (!expected.some(pattern => pattern.test(text))) this.#complaints.push(`${text} (at ${page.url()})`)
    }
    page.on('console', message => {
      if (message.type() !== 'error') return
      const { url } = message.location()
      complain(`console: ${message.text()}${url === '' ? '' : ` [${url}]`}`)
    })
    page.on('pageerror', error => complain(`exception: ${error.stack ?? error.message}`))
    page.on('request', request => {
      const url = new URL(request.url())
      if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(origin).host) {
        complain(`request to another host: ${request.url()}`)
      }
    })
    return page
  }
}

/** Runs in the page, so it is text. The console tells of violations too, but not of what they were about. */
const REPORT_CSP_VIOLATIONS = `document.addEventListener('securitypolicyviolation', event => {
  console.error('Content-Security-Policy: ' + event.violatedDirective + ' forbids ' + event.blockedURI + ' ' + event.sample)
})`

/** A link that logs a browser in, once, as `./weir login` prints it. */
export async function loginLink(cluster: TestCluster): Promise<string> {
  const { status, body } = await cluster.request<{ url: string }>('POST', '/api/v1/login-links')
  if (status !== 201) throw new Error(`no login link: ${status} ${JSON.stringify(body)}`)
  return body.url
}

/** Opens a login link and waits until the browser stands at the page behind it. */
export async function logIn(page: Page, cluster: TestCluster): Promise<void> {
  await page.goto(await loginLink(cluster))
  await page.waitForURL(url => url.pathname === '/')
}

const WCAG_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Of axe's rules, those whose outcome depends on the colours. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

/**
 * Checks the page as it stands now with axe, in both themes; leaves it in the theme that it had. `part`: a selector, for
 * what has come to a page that was looked at before.
 */
export async function expectAccessible(page: Page, part?: string): Promise<void> {
  const before = await themeOf(page)
  const found: string[] = []
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme })
    await atRest(page)
    const axe = new AxeBuilder({ page }).setLegacyMode()
    if (part !== undefined) axe.include(part)
    const rules = theme === 'light' ? axe.withTags(WCAG_AA) : axe.withRules(COLOUR_RULES)
    const { violations } = await rules.analyze()
    for (const { id, help, nodes } of violations) {
      for (const node of nodes) found.push(`${theme}: ${id}: ${help}: ${node.target.join(' ')}\n${node.failureSummary}`)
    }
  }
  await page.emulateMedia({ colorScheme: before })
  expect(found).toEqual([])
}

/** Runs in the page. Changes of colour begin with the frame after the one in which their cause is seen. */
const AT_REST = `new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime < 5_000)
    .map(({ finished }) => finished)))
  .then(() => null)`

/** Waits until no colour is on its way to another. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(AT_REST)
}

/**
 * Pictures of the page in both themes and at both widths, for people to look at; not compared with anything. Taken only
 * when WEIR_ARTIFACTS names a folder for them: they are four for each state, and cost half a minute in all.
 */
export async function takePictures(page: Page, name: string, widths: readonly number[] = [1280, 1920]): Promise<void> {
  if (process.env.WEIR_ARTIFACTS === undefined) return
  mkdirSync(artifactsFolder, { recursive: true })
  const size = page.viewportSize()
  const before = await themeOf(page)
  for (const width of widths) {
    await page.setViewportSize({ width, height: width === 1920 ? 1080 : 800 })
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme })
      await atRest(page)
      await page.screenshot({ path: join(artifactsFolder, `${name}-${theme}-${width}.png`) })
    }
  }
  await page.emulateMedia({ colorScheme: before })
  if (size !== null) await page.setViewportSize(size)
}

async function themeOf(page: Page): Promise<Theme> {
  return (await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: dark)').matches`)) ? 'dark' : 'light'
}
