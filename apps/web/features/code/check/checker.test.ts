import type { CheckOutcome } from '@weir/proto/web/drafts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CHECK_DELAY_MS, Checker } from './checker.ts'

const outcome = (name: string | null): CheckOutcome => ({
  pipeline: name === null ? null : { name, parallelism: 1, maxParallelism: 128, operators: [], edges: [] },
  problems: [],
  console: [],
  slotsNeeded: null,
  slotsFree: 0,
  slotsTotal: 0,
  tookMs: 1,
})

/** Checks that were asked for, each answered when the test says so. */
let asked: { text: string; answer(outcome: CheckOutcome): Promise<void>; fail(error: Error): Promise<void> }[]
let checker: Checker

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  checker = new Checker('first', {
    timers: {
      now: () => Date.now(),
      set: (fire, delayMs) => Number(setTimeout(fire, delayMs)[Symbol.toPrimitive]()),
      clear: timer => clearTimeout(timer),
    },
    check: text =>
      new Promise((resolve, reject) => {
        const settle = () => vi.advanceTimersByTimeAsync(0).then(() => undefined)
        asked.push({
          text,
          answer(value) {
            resolve(value)
            return settle()
          },
          fail(error) {
            reject(error)
            return settle()
          },
        })
      }),
    refusal: error => /^refused: (.*)/.exec((error as Error).message)?.[1],
  })
})

afterEach(() => vi.useRealTimers())

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('the text that is opened is checked at once', async () => {
  await pass(0)
  await asked[0]!.answer(outcome('one'))
  expect(checker.state.get()).toMatchObject({ phase: 'checked', drawn: { text: 'first', pipeline: { name: 'one' } } })
})

test('typing is checked when it pauses, the newest text only', async () => {
  await pass(0)
  await asked[0]!.answer(outcome('one'))
  checker.edit('a')
  await pass(CHECK_DELAY_MS - 1)
  checker.edit('ab')
  await pass(CHECK_DELAY_MS)
  expect(asked.map(({ text }) => text)).toEqual(['first', 'ab'])
})

test('one check at a time: what is typed meanwhile comes after it', async () => {
  await pass(0)
  checker.edit('a')
  await pass(5_000)
  expect(asked.length).toBe(1)
  await asked[0]!.answer(outcome('one'))
  expect(checker.state.get()).toMatchObject({ phase: 'waiting', answer: { text: 'first' } })
  await pass(CHECK_DELAY_MS)
  expect(asked[1]!.text).toBe('a')
})

test('the last good picture stays while the code does not evaluate', async () => {
  await pass(0)
  await asked[0]!.answer(outcome('one'))
  checker.edit('broken')
  await pass(CHECK_DELAY_MS)
  await asked[1]!.answer(outcome(null))
  expect(checker.state.get()).toMatchObject({
    phase: 'checked',
    answer: { text: 'broken' },
    drawn: { text: 'first', pipeline: { name: 'one' } },
  })
})

test('a JobManager that is away is asked again until it answers', async () => {
  await pass(0)
  await asked[0]!.fail(new Error('no answer'))
  expect(checker.state.get().phase).toBe('unreachable')
  await pass(2_000)
  await asked[1]!.answer(outcome('one'))
  expect(checker.state.get().phase).toBe('checked')
})

test('a refusal is shown and not repeated', async () => {
  await pass(0)
  await asked[0]!.fail(new Error('refused: you may only read'))
  await pass(60_000)
  expect(asked.length).toBe(1)
  expect(checker.state.get()).toMatchObject({ phase: 'refused', message: 'you may only read' })
})

test('a closed page asks no more, and its late answer is not shown', async () => {
  await pass(0)
  checker.close()
  await asked[0]!.answer(outcome('one'))
  checker.edit('a')
  await pass(5_000)
  expect([asked.length, checker.state.get().answer]).toEqual([1, null])
})

test('the last graph stays while the text makes none, and goes with the text', async () => {
  await pass(0)
  await asked[0]!.answer(outcome('one'))
  const type = async (text: string) => {
    checker.edit(text)
    await pass(CHECK_DELAY_MS)
    await asked.at(-1)!.answer(outcome(null))
    return checker.state.get().drawn?.text
  }
  expect(await type('first, half written')).toBe('first')
  expect(await type('// nothing\n')).toBe(undefined)
  expect(await type('another, half written')).toBe(undefined)
})
