import { expect, it } from 'vitest'
import { ProgressWatch, STUCK_AFTER_MS, type WatchedSlot } from './progress-watch.ts'

/** A slot whose operator and steps the test sets. */
class FakeSlot implements WatchedSlot {
  steps = 0
  operator: string | undefined

  runningOperator() {
    return this.operator === undefined ? undefined : { probeId: 1, name: this.operator, subtask: 0 }
  }
}

function watching(...slots: readonly FakeSlot[]): { watch: ProgressWatch; reports: [number, string, number][] } {
  const reports: [number, string, number][] = []
  const watch = new ProgressWatch((slot, operator, stuckMs) => {
    reports.push([slots.indexOf(slot as FakeSlot), operator, stuckMs])
  })
  for (const slot of slots) watch.add(slot, 0)
  return { watch, reports }
}

it('a slot that stays in one operator call is reported once, and once more when it goes on', () => {
  const slot = new FakeSlot()
  const { watch, reports } = watching(slot)
  slot.operator = 'map'
  watch.check(0)
  watch.check(STUCK_AFTER_MS - 1)
  expect(reports).toEqual([])
  watch.check(STUCK_AFTER_MS)
  watch.check(STUCK_AFTER_MS + 9_000)
  expect(reports).toEqual([[0, 'map', STUCK_AFTER_MS]])
  slot.steps++
  watch.check(STUCK_AFTER_MS + 10_000)
  expect(reports.slice(1)).toEqual([[0, '', 0]])
  watch.check(2 * STUCK_AFTER_MS + 9_999)
  expect(reports).toHaveLength(2)
  watch.check(2 * STUCK_AFTER_MS + 10_000)
  expect(reports).toHaveLength(3)
})

it('a slot that has nothing to do, or is busy with one step after another, is not stuck', () => {
  const [idle, busy] = [new FakeSlot(), new FakeSlot()]
  const { watch, reports } = watching(idle, busy)
  busy.operator = 'map'
  for (let now = 0; now < 10 * STUCK_AFTER_MS; now += 500) {
    busy.steps++
    watch.check(now)
  }
  expect(reports).toEqual([])
})

it('slots are watched apart, and no longer when they are gone', () => {
  const [a, b, c] = [new FakeSlot(), new FakeSlot(), new FakeSlot()]
  const { watch, reports } = watching(a, b, c)
  for (const slot of [a, b, c]) slot.operator = 'loop'
  watch.check(1_000)
  b.steps++
  watch.check(2_000)
  watch.remove(c)
  watch.check(STUCK_AFTER_MS)
  expect(reports).toEqual([[0, 'loop', STUCK_AFTER_MS]])
  watch.check(2_000 + STUCK_AFTER_MS)
  expect(reports.slice(1)).toEqual([[1, 'loop', STUCK_AFTER_MS]])
})
