import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { colorsFor, duration, Steps } from './steps.mjs'

beforeEach(() => {
  vi.stubEnv('TERM', 'xterm')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY })
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => String(stream.read() ?? '') }
}

test('without a terminal a short step is one plain line when it is done', async () => {
  const { stream, written } = terminal(false)
  const result = await new Steps(stream).run('Building', note => {
    note('bundling')
    return 7
  })
  expect(result).toBe(7)
  expect(written()).toMatch(/^✓ Building \d\.\d s\n$/)
})

test('without a terminal a step that takes long says when it begins, what it does, and that it goes on', async () => {
  vi.useFakeTimers()
  try {
    const { stream, written } = terminal(false)
    const step = new Steps(stream).run('Installing', async note => {
      note('npm ci')
      await new Promise(resolve => setTimeout(resolve, 20_000))
      note('scripts')
      await new Promise(resolve => setTimeout(resolve, 12_500))
    })
    await vi.advanceTimersByTimeAsync(999)
    expect(written()).toBe('')
    await vi.advanceTimersByTimeAsync(1)
    expect(written()).toBe('… Installing: npm ci\n')
    await vi.advanceTimersByTimeAsync(32_000)
    await step
    expect(written().split('\n')).toEqual([
      '… Installing: npm ci (16 s so far)',
      '… Installing: scripts',
      '✓ Installing 33 s',
      '',
    ])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(written()).toBe('')
  } finally {
    vi.useRealTimers()
  }
})

test('a step that fails says so, and the error goes on', async () => {
  const { stream, written } = terminal(false)
  const failing = new Steps(stream).run('Building', () => Promise.reject(new Error('on purpose')))
  await expect(failing).rejects.toThrow('on purpose')
  expect(written()).toMatch(/^✗ Building failed after \d\.\d s\n$/)
})

test('on a terminal the line shows what is being done, and is replaced', async () => {
  const { stream, written } = terminal(true)
  await new Steps(stream).run('Building', async note => {
    note('bundling')
    await new Promise(resolve => setTimeout(resolve, 250))
  })
  const text = written()
  expect(text).toContain('bundling')
  expect(text.split('\r\u001b[2K').length).toBeGreaterThan(3)
})

test('colours are for terminals only', () => {
  expect(colorsFor(terminal(false).stream).red('x')).toBe('x')
})

test('durations are written for people', () => {
  expect([400, 9949, 12_400, 125_000].map(duration)).toEqual(['0.4 s', '9.9 s', '12 s', '2 min 5 s'])
})
