// `npm run pictures`: makes the pictures of the README anew, from the real pages of a real cluster.
//
// Starts a cluster with a home and ports of its own, runs a few jobs on it, opens its pages in Chromium, writes
// docs/pictures/*.png, and ends what it started. Takes about a minute when everything is built.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import playwright from '@playwright/test'
import { ensureBuilt } from './ensure-built.mjs'
import { pinnedNode, requireSystemNode, root, toolEnv } from './project.mjs'
import { Steps } from './steps.mjs'

const CHROMIUM = '/usr/bin/chromium'
const folder = join(root, 'docs/pictures')
const TOKEN = 'pictures-token-0123456789abcdef0123456789'
const VIEWPORT = { width: 1280, height: 800 }
const START_MS_MAX = 60_000
/** How long the jobs run before they are shown: their charts and figures then have something to tell. */
const RUN_MS = 20_000

/** One operator does much for each record: what feeds it waits. */
const SCORING = `
import { blackholeSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('fraud-scoring')
env.setParallelism(2)
env
  .addSource(datagenSource({ rowsPerSecond: 4_000, seed: 3, fields: { card: { int: [1, 500] }, amount: { float: [1, 900] } } }))
  .name('payments')
  .map(payment => ({ card: Number(payment.card), amount: Number(payment.amount) }))
  .name('parse')
  .rebalance()
  .map(payment => {
    let score = payment.amount
    for (let round = 0; round < 60_000; round++) score = Math.sin(score) * 100 + payment.card
    return { ...payment, score }
  })
  .startNewChain()
  .name('score')
  .filter(payment => payment.score > 0)
  .addSink(blackholeSink())
  .name('alerts')

export default env
`

requireSystemNode()
if (!existsSync(CHROMIUM)) {
  console.error('error: Chromium is not installed (Debian: apt-get install chromium)')
  process.exit(1)
}
const steps = new Steps()
await ensureBuilt(steps, { web: true })
mkdirSync(folder, { recursive: true })
const home = mkdtempSync(join(tmpdir(), 'weir-pictures-'))
const cluster = await steps.run('Starting a cluster', () => startCluster())
const browser = await playwright.chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
})
try {
  await steps.run('Taking pictures', note => takePictures(note))
} finally {
  await browser.close()
  await stopCluster()
  rmSync(home, { recursive: true, force: true })
}

async function takePictures(note) {
  note('jobs are running')
  const scoring = await deploy('fraud-scoring.ts', SCORING)
  const pages = await deploy('page-views.ts', readFileSync(join(root, 'examples/page-views.ts'), 'utf8'))
  await deploy('best-sellers.ts', readFileSync(join(root, 'examples/best-sellers.ts'), 'utf8'))
  await new Promise(resolve => setTimeout(resolve, RUN_MS))

  const light = await newPage('light')
  note('home')
  await light.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
  await light.getByText('fraud-scoring').first().waitFor()
  await shoot(light, 'home')
  note('job')
  await light.goto(`/jobs/${scoring}?operator=`)
  await light.locator('.react-flow__node').first().waitFor()
  await light
    .getByText(/bottleneck/)
    .first()
    .waitFor()
  await shoot(light, 'job')
  await light.goto(`/jobs/${pages}?tab=data`)
  await light.getByRole('table').getByText('/shop').first().waitFor()
  await shoot(light, 'data')

  note('code')
  const dark = await newPage('dark')
  await dark.goto('/templates')
  await dark.getByRole('heading', { name: 'Page views' }).waitFor()
  await dark.getByRole('button', { name: 'Open Page views', exact: true }).click()
  await dark.waitForURL(/\/pipelines\/draft_/)
  await dark.locator('.view-line').first().waitFor()
  await dark.locator('.react-flow__node').first().waitFor()
  await dark.getByRole('button', { name: 'Deploy…' }).waitFor()
  await shoot(dark, 'code')
}

/** Two seconds of quiet: figures come once a second. */
async function shoot(page, name) {
  await page.waitForTimeout(2_000)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function newPage(colorScheme) {
  const context = await browser.newContext({
    baseURL: cluster.web,
    colorScheme,
    viewport: VIEWPORT,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const link = await request('/api/v1/login-links', { method: 'POST' })
  await page.goto(link.url)
  await page.waitForURL(url => url.pathname === '/')
  return page
}

async function deploy(fileName, source) {
  const body = new FormData()
  body.set('job_file', new Blob([source]), fileName)
  return (await request('/jobs/submit', { method: 'POST', body })).job_id
}

async function request(path, init) {
  const response = await fetch(cluster.api + path, { ...init, headers: { authorization: `Bearer ${TOKEN}` } })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

async function startCluster() {
  const [web, api, rpc, taskRpc, metrics] = await Promise.all(Array.from({ length: 5 }, freePort))
  const child = spawn(pinnedNode, [join(root, 'apps/cluster/dist/main.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...toolEnv(),
      WEIR_HOME: home,
      WEIR_TOKEN: TOKEN,
      WEB_PORT: String(web),
      JOBMANAGER_PORT: String(api),
      JOBMANAGER_RPC_PORT: String(rpc),
      TASKMANAGER_RPC_PORT: String(taskRpc),
      METRICS_PORT: String(metrics),
      TASK_SLOTS: '8',
      NO_COLOR: '1',
    },
  })
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the cluster did not start in time')), START_MS_MAX)
    let output = ''
    child.stdout.on('data', text => {
      output += text
      if (!output.includes('Weir is running.')) return
      clearTimeout(timer)
      resolve()
    })
    child.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`the cluster ended with ${code}:\n${output}`))
    })
  })
  return { child, web: `http://127.0.0.1:${web}`, api: `http://127.0.0.1:${api}` }
}

async function stopCluster() {
  const ended = new Promise(resolve => cluster.child.once('exit', resolve))
  cluster.child.kill('SIGINT')
  await ended
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
