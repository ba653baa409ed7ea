import { expect, it } from 'vitest'
import { FlowState } from './flow-state.ts'

it('the flow is blocked while outputs are full or any operator keeps something', () => {
  const flow = new FlowState()
  expect(flow.blocked).toBe(false)
  flow.setOutputsFull(true)
  flow.suspend()
  flow.suspend()
  flow.setOutputsFull(false)
  expect(flow.blocked).toBe(true)
  flow.unsuspend()
  expect(flow.blocked).toBe(true)
  flow.unsuspend()
  expect(flow.blocked).toBe(false)
  expect(() => flow.unsuspend()).toThrow(/unsuspend without suspend/)
})

it('an operator that goes on is held up by what lies behind it, not by what lies before it', () => {
  const flow = new FlowState()
  flow.suspend()
  flow.suspend()
  const seen: boolean[] = []
  const through = flow.resume({
    processElement: () => undefined,
    resume: () => {
      flow.unsuspend()
      seen.push(flow.blocked)
      // One further down keeps something.
      flow.suspend()
      seen.push(flow.blocked)
      flow.suspend()
      return false
    },
  })
  expect(through).toBe(false)
  expect(seen).toEqual([false, true])
  expect(flow.blocked).toBe(true)
  for (let i = 0; i < 3; i++) flow.unsuspend()
  expect(flow.blocked).toBe(false)
})

it('an operator without anything to go on with changes nothing', () => {
  const flow = new FlowState()
  flow.suspend()
  expect(flow.resume({ processElement: () => undefined })).toBe(true)
  expect(flow.resume({ processElement: () => undefined, resume: () => true })).toBe(true)
  expect(flow.blocked).toBe(true)
})

it('those before an operator wait when its last result made one behind it keep some', () => {
  const flow = new FlowState()
  flow.suspend()
  flow.suspend()
  const through = flow.resume({
    processElement: () => undefined,
    resume: () => {
      flow.unsuspend()
      flow.suspend()
      return true
    },
  })
  expect(through).toBe(false)
})
