import type { BrowserContext } from '@playwright/test'
import type { Draft } from '@weir/proto/web/drafts'
import { logIn, type Page, type PageOptions, TestBrowser } from './browser.ts'
import { TestCluster, until } from './cluster.ts'
import { prepareExampleData } from './example-data.ts'

type Session = Awaited<ReturnType<BrowserContext['storageState']>>

export interface Opening extends PageOptions {
  /** Where to begin; `/` without. */
  readonly path?: string
}

const OVER = ['CANCELED', 'FAILED', 'FINISHED']

/** One cluster, one browser and one logged-in session for the whole suite of the web app. */
export class WebWorld {
  #cluster: TestCluster | null = null
  #browser: TestBrowser | null = null
  #session: Session | null = null
  #dataFolder = ''

  get cluster(): TestCluster {
    if (this.#cluster === null) throw new Error('the cluster has not been started')
    return this.#cluster
  }

  get browser(): TestBrowser {
    if (this.#browser === null) throw new Error('the browser has not been started')
    return this.#browser
  }

  /** What the examples read. */
  get dataFolder(): string {
    return this.#dataFolder
  }

  async start(): Promise<void> {
    this.#dataFolder = prepareExampleData()
    ;[this.#cluster, this.#browser] = await Promise.all([TestCluster.start(), TestBrowser.launch()])
  }

  async stop(): Promise<void> {
    await this.#browser?.close()
    await this.#cluster?.stop()
  }

  /** After each test: nothing stays open, nothing runs on, and nothing has been complained of. */
  async afterEach(failed: string | null): Promise<void> {
    if (failed !== null) await this.#browser?.takeLastPictures(failed)
    await this.#browser?.closePages()
    const jobs = await this.cluster.get<{ job_id: string; status: string }[]>('/jobs')
    const running = jobs.filter(({ status }) => !OVER.includes(status))
    await Promise.all(running.map(({ job_id }) => this.cancel(job_id)))
    await this.slotsFree(SLOTS)
    this.#browser?.expectNoComplaints()
  }

  /** A page of somebody who is logged in, at its path. */
  async open({ path = '/', ...options }: Opening = {}): Promise<Page> {
    const page = await this.browser.newPage(this.cluster, { ...options, session: await this.#loggedIn() })
    await page.goto(path)
    return page
  }

  /** What the web app's own interface answers to a question. */
  async ask<T>(procedure: string, input: object): Promise<T> {
    const query = encodeURIComponent(JSON.stringify(input))
    const { result } = await this.cluster.get<{ result: { data: T } }>(`/trpc/${procedure}?input=${query}`)
    return result.data
  }

  /** Asks the web app's interface to do something. */
  async order<T>(procedure: string, input: object): Promise<T> {
    const { cluster } = this
    const answer = await fetch(`${cluster.url}/trpc/${procedure}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    if (!answer.ok) throw new Error(`${procedure} answered ${answer.status}: ${await answer.text()}`)
    return ((await answer.json()) as { result: { data: T } }).result.data
  }

  /** A token of somebody with this role. */
  async tokenOf(role: string): Promise<string> {
    const { cluster } = this
    const answer = await fetch(`${cluster.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `a ${role}`, role }),
    })
    if (!answer.ok) throw new Error(`no token of a ${role}: ${answer.status} ${await answer.text()}`)
    return ((await answer.json()) as { token: string }).token
  }

  /** A pipeline of this code. */
  createDraft(fileName: string, source: string): Promise<Draft> {
    return this.order<Draft>('drafts.create', { from: 'source', fileName, source })
  }

  draft(draftId: string): Promise<Draft> {
    return this.ask<Draft>('drafts.get', { draftId })
  }

  /** Starts a job of this code and gives its id. */
  async submit(fileName: string, source: string): Promise<string> {
    const { status, body } = await this.cluster.submit(fileName, source)
    if (status !== 201) throw new Error(`not submitted: ${status} ${JSON.stringify(body)}`)
    return body.job_id
  }

  /** Cancels a job, unless it is over, and waits until its slots are free. */
  async cancel(jobId: string): Promise<void> {
    await this.cluster.request('POST', `/jobs/${jobId}/cancel`)
    await this.cluster.reached(jobId, OVER, 15_000)
  }

  /** Waits until so many slots are free. */
  async slotsFree(count: number): Promise<void> {
    await until(15_000, `${count} free slots`, async () => {
      const { available_slots } = await this.cluster.get<{ available_slots: number }>('/cluster/metrics')
      return available_slots === count
    })
  }

  /** The session of one login, which all pages share. */
  async #loggedIn(): Promise<Session> {
    if (this.#session === null) {
      const page = await this.browser.newPage(this.cluster)
      await logIn(page, this.cluster)
      this.#session = await page.context().storageState()
      await page.context().close()
    }
    return this.#session
  }
}

/** Slots of the one TaskManager of the cluster. */
export const SLOTS = 4
