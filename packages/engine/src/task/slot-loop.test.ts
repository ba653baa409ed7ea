import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { TimerHandle } from '../base/platform.ts'
import { Doorbell } from '../network/doorbell.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { SlotLoop } from './slot-loop.ts'
import type { Subtask } from './subtask.ts'

/** A loop with one subtask that never has anything to do, and wants to be looked at `everyMs`. */
function idleLoop(everyMs: number) {
  const clock = new ManualClock()
  const seen = { steps: [] as number[], timersSet: 0, timersPending: 0 }
  const doorbell = new Doorbell(Doorbell.allocate())
  const subtask = {
    isDone: false,
    outputs: { isFull: false, flush: () => undefined },
    step: () => {
      seen.steps.push(clock.now())
      return 'idle'
    },
    nextWakeUp: () => clock.now() + everyMs,
  }
  const loop = new SlotLoop({
    subtasks: [subtask as unknown as Subtask],
    clock,
    timers: {
      after: (delayMs, callback): TimerHandle => {
        seen.timersSet++
        seen.timersPending++
        const timer = clock.after(delayMs, () => {
          seen.timersPending--
          callback()
        })
        return {
          cancel: () => {
            seen.timersPending--
            timer.cancel()
          },
        }
      },
    },
    doorbell,
    poll: () => undefined,
    settle: () => undefined,
    yieldToEventLoop: callback => {
      setImmediate(callback)
    },
    onFailure: error => {
      throw error
    },
    onDone: () => undefined,
  })
  return { loop, clock, doorbell, seen }
}

/** What a ring sets off has happened. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await eventLoopTurn()
}

describe('a loop that sleeps', () => {
  it('looks again when a subtask wants to be looked at, and after a second at the latest', async () => {
    for (const [wanted, expected] of [
      [30, 30],
      [Number.POSITIVE_INFINITY, 1000],
    ]) {
      const { loop, clock, seen } = idleLoop(wanted)
      loop.start()
      const before = seen.steps.length
      clock.advance(expected - 1)
      await settled()
      expect(seen.steps.length).toBe(before)
      clock.advance(1)
      await settled()
      expect(seen.steps.length).toBeGreaterThan(before)
      expect(seen.steps.at(-1)).toBe(expected)
      loop.stop()
    }
  })

  it('sets one timer for many sleeps, and leaves none when it stops', async () => {
    const { loop, clock, doorbell, seen } = idleLoop(100)
    loop.start()
    for (let i = 0; i < 50; i++) {
      const before = seen.steps.length
      clock.advance(1)
      doorbell.ring()
      await settled()
      expect(seen.steps.length).toBeGreaterThan(before)
    }
    expect(seen.timersSet).toBe(1)
    loop.stop()
    await settled()
    expect(seen.timersPending).toBe(0)
  })
})
