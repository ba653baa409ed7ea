import { describe, expect, test } from 'vitest'
import { HARNESS_MODES, inAnyOrder, runCase } from '../testing/harness-modes.ts'
import { OPERATOR_CASES } from '../testing/operator-cases.ts'
import { createOperator, TRANSFORM_FACTORIES } from './operator-factories.ts'

describe.each(HARNESS_MODES)('in the mode %s', mode => {
  test.each(OPERATOR_CASES.map(operatorCase => [operatorCase.name, operatorCase] as const))(
    '%s',
    (_name, operatorCase) => {
      const result = runCase(operatorCase, createOperator, mode)
      if (result.ordered) expect(result.records).toEqual(operatorCase.expected)
      else expect(inAnyOrder(result.records)).toEqual(inAnyOrder(operatorCase.expected))
      expect(result.lateRecords).toBe(operatorCase.lateRecords ?? 0)
      if (operatorCase.node.type !== 'window') return
      for (const [i, output] of result.outputs.entries()) {
        if (output.type !== 'record' || !result.ordered) continue
        const before = result.outputs.slice(0, i).findLast(({ type }) => type === 'watermark')
        const lateness = (operatorCase.node.config.allowedLatenessMs as number | undefined) ?? 0
        expect(before?.type === 'watermark' ? before.watermark : -Infinity).toBeLessThan(
          output.timestamp + lateness + 1,
        )
      }
    },
  )
})

test('every transform has a case', () => {
  const covered = new Set(OPERATOR_CASES.map(({ node }) => node.type))
  expect([...TRANSFORM_FACTORIES.keys()].filter(type => !covered.has(type))).toEqual([])
})
