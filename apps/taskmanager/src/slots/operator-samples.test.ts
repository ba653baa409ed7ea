import type { SubtaskMetrics } from '@weir/proto/metrics'
import { expect, test } from 'vitest'
import { withSamples } from './operator-samples.ts'

const operator = (uid: string) => ({ uid, name: uid, recordsIn: 0, recordsOut: 0, lateRecords: 0, stateBytes: 0 })
const subtask = (...uids: string[]) =>
  ({ vertex: 0, subtask: 0, operators: uids.map(operator) }) as unknown as SubtaskMetrics
const operators = [1, 2, 3].map(probeId => ({ probeId, name: `op${probeId}`, subtask: 0 }))

test('each operator has as many samples as it was seen running', () => {
  const seen = (probeId: number) => [0, 1, 0, 3][probeId]!
  const added = withSamples([subtask('a', 'b'), subtask('c')], operators, { seen })
  expect(added.map(one => one.operators.map(({ uid, samples: seen }) => [uid, seen]))).toEqual([
    [
      ['a', 1],
      ['b', 0],
    ],
    [['c', 3]],
  ])
})

test('until the operators are known nothing is seen in them', () => {
  expect(withSamples([subtask('a')], [], { seen: () => 7 })[0]!.operators[0]).toMatchObject({ uid: 'a', samples: 0 })
})
