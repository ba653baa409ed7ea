import { WeirError } from '@weir/engine/base/errors'
import type { RestartStrategy } from '@weir/engine/graph/job-graph'
import { describe, expect, it } from 'vitest'
import { RestartPolicy } from './restart-policy.ts'

const middle = { next: () => 0.5 }
const lost = new WeirError('TASK_MANAGER_LOST', 'gone')
const thrown = new WeirError('USER_FUNCTION', 'boom')

const policy = (strategy?: RestartStrategy) => new RestartPolicy(strategy, middle)

describe('RestartPolicy without a strategy', () => {
  it('restarts after faults of the platform with doubling delays up to 10 s, without limit', () => {
    const subject = policy()
    const delays = Array.from({ length: 50 }, (_, i) => subject.onFailure(lost, i * 10))
    expect(delays.every(decision => decision.restart)).toBe(true)
    expect(delays.slice(0, 9).map(decision => (decision.restart ? decision.delayMs : null))).toEqual([
      100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
    ])
  })

  it('begins with the shortest delay again after a calm minute', () => {
    const subject = policy()
    for (let i = 0; i < 10; i++) subject.onFailure(lost, i)
    expect(subject.onFailure(lost, 75_000)).toEqual({ restart: true, delayMs: 100 })
  })

  it('fails the job at once after an error of user code, or a defect', () => {
    expect(policy().onFailure(thrown, 0).restart).toBe(false)
    expect(policy().onFailure(new WeirError('ASSERTION', 'x'), 0).restart).toBe(false)
  })

  it('spreads the delay by a tenth either way', () => {
    const low = new RestartPolicy(undefined, { next: () => 0 }).onFailure(lost, 0)
    expect(low).toEqual({ restart: true, delayMs: 90 })
  })
})

describe('RestartPolicy with a strategy', () => {
  it('fixed-delay restarts so many times, after errors of user code too', () => {
    const subject = policy({ type: 'fixed-delay', attempts: 2, delayMs: 5 })
    expect([1, 2, 3].map(at => subject.onFailure(thrown, at).restart)).toEqual([true, true, false])
  })

  it('none never restarts', () => {
    expect(policy({ type: 'none' }).onFailure(lost, 0).restart).toBe(false)
  })

  it('failure-rate gives up when the failures within the interval exceed the number', () => {
    const subject = policy({ type: 'failure-rate', failures: 2, intervalMs: 100, delayMs: 1 })
    expect([0, 50, 150, 160, 170].map(at => subject.onFailure(thrown, at).restart)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('exponential-delay restarts after errors of user code', () => {
    const subject = policy({
      type: 'exponential-delay',
      initialMs: 10,
      maxMs: 25,
      multiplier: 2,
      resetAfterMs: 1000,
      jitter: 0,
    })
    expect([0, 1, 2].map(at => subject.onFailure(thrown, at))).toEqual([
      { restart: true, delayMs: 10 },
      { restart: true, delayMs: 20 },
      { restart: true, delayMs: 25 },
    ])
  })
})
