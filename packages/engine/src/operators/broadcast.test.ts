import { describe, expect, test } from 'vitest'
import type {
  BroadcastContext,
  KeyedBroadcastContext,
  KeyedReadOnlyBroadcastContext,
  ReadOnlyBroadcastContext,
} from '../functions/broadcast-process-function.ts'
import type { Collector } from '../functions/collector.ts'
import type { RuntimeContext } from '../functions/process-function.ts'
import type { ListState, ValueState } from '../functions/state.ts'
import { listState, mapState, valueState } from '../functions/state-descriptors.ts'
import { OperatorHarness, record } from '../testing/operator-harness.ts'
import { createOperator } from './operator-factories.ts'

const rules = mapState<string, number>('rules')
const states = [{ name: 'rules' }]

interface Parts<Reading, Writing> {
  readonly open?: (context: RuntimeContext) => void
  readonly processElement: (value: string, context: Reading, out: Collector<unknown>) => void
  readonly processBroadcastElement: (value: string, context: Writing, out: Collector<unknown>) => void
}

type Plain = Parts<ReadOnlyBroadcastContext, BroadcastContext>
type Keyed = Parts<KeyedReadOnlyBroadcastContext<string>, KeyedBroadcastContext<string>>

type Fns = { broadcastProcess: Plain; keyedBroadcastProcess: Keyed }

function harness<T extends keyof Fns>(type: T, fn: Fns[T], subtask = 0, parallelism = 1): OperatorHarness {
  const functions = () => ({
    fn,
    ...(type.startsWith('keyed') ? { key0: (value: unknown) => (value as string)[0] } : {}),
  })
  const node = { uid: 'b', type, name: 'apply rules', config: { fn: '…', states } }
  return new OperatorHarness(node, functions, createOperator, { inputCount: 2, subtask, parallelism })
}

const element = (value: string) => record(value, 1, 0)
const rule = (value: string) => record(value, 2, 1)
const values = ({ outputs }: OperatorHarness): unknown[] =>
  outputs.map(output => (output.type === 'record' ? output.value : output))

const lengths: Plain = {
  processElement: (value, context, out) =>
    out.collect([
      value,
      context.getBroadcastState(rules).get(value),
      [...context.getBroadcastState(rules).entries()].length,
    ]),
  processBroadcastElement: (value, context, out) => {
    const state = context.getBroadcastState(rules)
    if (value === 'clear') state.clear()
    else state.put(value, value.length)
    out.collect(`${value} at ${context.timestamp()}`)
  },
}

test('records read what the broadcast stream wrote, and both may emit', () => {
  const apply = harness('broadcastProcess', lengths)
  apply.push(element('abc'), rule('abc'), rule('de'), element('abc'), rule('clear'), element('abc'))
  expect(values(apply)).toEqual([
    ['abc', undefined, 0],
    'abc at 2',
    'de at 2',
    ['abc', 3, 2],
    'clear at 2',
    ['abc', undefined, 0],
  ])
})

test('every subtask of another parallelism gets the whole state, from the snapshot of any', () => {
  const apply = harness('broadcastProcess', lengths)
  apply.push(rule('abc'), rule('de'))
  const snapshot = apply.snapshot()
  for (const [subtask, parallelism] of [
    [0, 3],
    [1, 3],
    [2, 3],
  ] as const) {
    const other = harness('broadcastProcess', lengths, subtask, parallelism)
    other.restore([snapshot, snapshot])
    other.push(element('de'))
    expect(values(other)).toEqual([['de', 2, 2]])
  }
})

test('applyToKeyedState visits every key of the subtask that has the state, and may change it', () => {
  const seen = listState<string>('seen')
  const limit = valueState<number>('limit')
  let list: ListState<string>
  let value: ValueState<number | undefined>
  const apply = harness('keyedBroadcastProcess', {
    open: context => {
      list = context.getState(seen)
      value = context.getState(limit)
    },
    processElement: (text, context, out) => {
      out.collect([context.currentKey(), list.get().length, value.value()])
      list.add(text)
    },
    processBroadcastElement: (text, context, out) => {
      context.applyToKeyedState(seen, (key, state) => {
        out.collect(`${key}: ${state.get().join()}`)
        if (text === 'forget') state.clear()
        else value.update(7)
      })
    },
  })
  apply.push(element('a1'), element('b1'), element('a2'), rule('limit'), rule('forget'), rule('nobody'), element('a3'))
  expect(values(apply)).toEqual([
    ['a', 0, undefined],
    ['b', 0, undefined],
    ['a', 1, undefined],
    'a: a1,a2',
    'b: b1',
    'a: a1,a2',
    'b: b1',
    ['a', 0, 7],
  ])
})

describe('what is wrong is said', () => {
  const reading = (processElement: Plain['processElement']): (() => void) => {
    const apply = harness('broadcastProcess', { processElement, processBroadcastElement: () => undefined })
    return () => apply.push(element('a'))
  }

  test('records of the other stream change nothing, even where the compiler was not asked', () => {
    expect(
      reading((_value, context) => (context.getBroadcastState(rules) as unknown as ValueState<number>).clear()),
    ).toThrow(
      "operator 'apply rules': clear() on the broadcast state 'rules' where it can only be read: other subtasks would not see the change; change it in processBroadcastElement",
    )
  })

  test('a state that was not given to broadcast()', () => {
    expect(reading((_value, context) => void context.getBroadcastState(mapState('rulez')))).toThrow(
      "operator 'apply rules': there is no broadcast state 'rulez', only 'rules'; give its descriptor to broadcast(…) too",
    )
  })

  test('a state of another kind', () => {
    expect(reading((_value, context) => void context.getBroadcastState(valueState('rules') as never))).toThrow(
      "operator 'apply rules': broadcast state is map state, but 'rules' was asked for as value state; describe it by mapState('rules')",
    )
  })

  test('a key that cannot be one', () => {
    expect(reading((_value, context) => void context.getBroadcastState(rules).get(Number.NaN as never))).toThrow(
      /operator 'apply rules': .*NaN/,
    )
  })

  test('keyed state where there is no key', () => {
    let state: ValueState<number | undefined>
    const apply = harness('keyedBroadcastProcess', {
      open: context => {
        state = context.getState(valueState<number>('n'))
      },
      processElement: () => state.update(1),
      processBroadcastElement: () => state.update(2),
    })
    apply.push(element('a'))
    expect(() => apply.push(rule('r'))).toThrow(
      /operator 'apply rules': keyed state was used where there is no current key/,
    )
  })

  test('a state read under another kind than it was written', () => {
    const apply = harness('keyedBroadcastProcess', {
      open: context => {
        context.getState(valueState<number>('n'))
      },
      processElement: () => undefined,
      processBroadcastElement: (_value, context) => context.applyToKeyedState(listState<number>('n'), () => undefined),
    })
    expect(() => apply.push(rule('r'))).toThrow(
      "operator 'apply rules': the state 'n' is used both as value state and as list state; give each its own name",
    )
  })

  test('a function without its methods, and one that is late with its answer', () => {
    expect(() => harness('broadcastProcess', { processElement: () => undefined } as never)).toThrow(
      "operator 'apply rules' (broadcastProcess) needs an object with processElement and processBroadcastElement; missing: processBroadcastElement",
    )
    const late = harness('broadcastProcess', {
      processElement: () => undefined,
      processBroadcastElement: () => Promise.resolve() as never,
    })
    expect(() => late.push(rule('r'))).toThrow(/operator 'apply rules': processBroadcastElement\(\) returned a promise/)
  })
})
