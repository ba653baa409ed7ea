import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Page } from '@playwright/test'
import { node, root } from '../e2e/support/cluster.ts'
import { benchArguments, printResult, wholeNumber } from './support/arguments.ts'
import { startFakeJobManager } from './support/fake-job-manager.ts'
import { frameRate, heapMegabytes } from './support/frame-rate.ts'
import { startBuiltWebServer } from './support/web-server.ts'

/**
 * The Job page of a job with hundreds of vertices in a browser, while every figure of every subtask changes once a
 * second: frames per second at rest and while the graph is moved, with the whole graph in sight and at full size; with
 * --minutes, the heap once a minute. The job does not run (see fake-job-manager); the web app is the built one.
 */
const options = benchArguments(
  'npm run bench -- web-graph [--vertices 200] [--subtasks 8] [--seconds 20] [--minutes 10] [--json]',
  {
    vertices: { type: 'string', default: '200' },
    subtasks: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '20' },
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
)
const vertices = wholeNumber(options.vertices, 'vertices')
const subtasks = wholeNumber(options.subtasks, 'subtasks')
const seconds = wholeNumber(options.seconds, 'seconds')
const minutes = options.minutes === undefined ? 0 : wholeNumber(options.minutes, 'minutes')

/** The web app is built where it is missing or older than its source; `npm run bench` itself builds the programs only. */
function buildWebApp(): void {
  const script =
    "import { ensureBuilt } from './scripts/ensure-built.mjs'; import { Steps } from './scripts/steps.mjs'; " +
    'await ensureBuilt(new Steps(), { web: true })'
  execFileSync(node, ['--input-type=module', '--eval', script], { cwd: root, stdio: ['ignore', 2, 2] })
}

/** Debian's; else the one that Playwright has downloaded. */
const DEBIAN_CHROMIUM = '/usr/bin/chromium'

buildWebApp()
const jobManager = await startFakeJobManager({ vertices, subtasks })
const web = await startBuiltWebServer(jobManager.port)
const browser = await chromium.launch({
  ...(existsSync(DEBIAN_CHROMIUM) ? { executablePath: DEBIAN_CHROMIUM } : {}),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(`${web.address}/jobs/${jobManager.jobId}`)
  await page.waitForSelector('[data-operator="op-0"]', { timeout: 60_000 })
  await wait(5_000)

  const whole = { idle: await atRest(page), panning: await panning(page) }
  await page.locator('[data-operator="op-0"]').focus()
  for (let step = 0; step < 40 && (await zoomPercent(page)) < 90; step++) {
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await wait(50)
  }
  await page.keyboard.press('Escape')
  const near = { idle: await atRest(page), panning: await panning(page) }

  const heap: number[] = []
  if (minutes > 0) {
    const session = await page.context().newCDPSession(page)
    for (let minute = 0; minute <= minutes; minute++) {
      heap.push(await heapMegabytes(session))
      if (minute < minutes) await wait(60_000)
    }
  }
  printResult(
    {
      bench: 'web-graph',
      vertices,
      subtasks,
      seconds,
      wholeIdleFps: whole.idle.framesPerSecond,
      wholeIdleLongestMs: whole.idle.longestMs,
      wholePanningFps: whole.panning.framesPerSecond,
      wholePanningP95Ms: whole.panning.p95Ms,
      wholePanningLongestMs: whole.panning.longestMs,
      nearIdleFps: near.idle.framesPerSecond,
      nearPanningFps: near.panning.framesPerSecond,
      nearPanningP95Ms: near.panning.p95Ms,
      nearPanningLongestMs: near.panning.longestMs,
      ...(heap.length === 0 ? {} : { heapMegabytes: heap, heapGrowthMegabytes: heap.at(-1)! - (heap[1] ?? heap[0]!) }),
    },
    options.json === true,
  )
} finally {
  await browser.close()
  await web.close()
  await jobManager.close()
}

function atRest(page: Page) {
  return frameRate(page, seconds, () => wait(200))
}

/** Draws the graph about by its ground, in circles, so that it stays near where it was. */
async function panning(page: Page) {
  const box = (await page.locator('.react-flow__pane').boundingBox())!
  const middle = { x: box.x + box.width - 60, y: box.y + box.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  await page.mouse.down()
  let turn = 0
  const rate = await frameRate(page, seconds, async () => {
    turn += 0.12
    await page.mouse.move(middle.x - 120 + 120 * Math.cos(turn), middle.y + 120 * Math.sin(turn))
    await wait(8)
  })
  await page.mouse.up()
  return rate
}

async function zoomPercent(page: Page): Promise<number> {
  const text = await page.getByRole('group', { name: 'Zoom' }).textContent()
  return Number(/(\d+)\s*%/.exec(text ?? '')?.[1] ?? 0)
}
