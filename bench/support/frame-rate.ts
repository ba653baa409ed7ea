import type { CDPSession, Page } from '@playwright/test'

/** Frames that the page drew in a time. */
export interface FrameRate {
  readonly framesPerSecond: number
  /** The longest time between two frames. */
  readonly longestMs: number
  /** 95 of 100 times between two frames were not longer. */
  readonly p95Ms: number
}

/** Scripts of the page, as text: this process has no DOM, nor its types. */
const COUNT_FRAMES = `(() => {
  const state = (window.benchFrames = { times: [], on: true })
  const frame = at => {
    state.times.push(at)
    if (state.on) requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
})()`
const STOP_COUNTING = `(() => {
  window.benchFrames.on = false
  return window.benchFrames.times
})()`

/** Counts animation frames while `work` goes on, for `seconds`. */
export async function frameRate(page: Page, seconds: number, work: () => Promise<void>): Promise<FrameRate> {
  await page.evaluate(COUNT_FRAMES)
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end) await work()
  const times = (await page.evaluate(STOP_COUNTING)) as number[]
  const gaps = times.slice(1).map((time, at) => time - times[at]!)
  gaps.sort((a, b) => a - b)
  const lasted = times.at(-1)! - times[0]!
  return {
    framesPerSecond: round((1_000 * gaps.length) / lasted),
    longestMs: round(gaps.at(-1) ?? 0),
    p95Ms: round(gaps[Math.floor(gaps.length * 0.95)] ?? 0),
  }
}

/** What the page's own objects take, after a collection of garbage. */
export async function heapMegabytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { readonly usedSize: number }
  return round(usedSize / 1024 / 1024)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
