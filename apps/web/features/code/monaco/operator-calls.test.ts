import { expect, test } from 'vitest'
import type { TsProgram } from './compiler.ts'
import { type OperatorCall, operatorCalls } from './operator-calls.ts'
import { languageService, typescript } from './testing.ts'

/** The shape of the SDK that types are read from, small enough to be seen through. */
const SDK = `
export declare class DataStream<T> {
  map<Out>(fn: (value: T) => Out): OperatorStream<Out>
  filter(fn: (value: T) => unknown): OperatorStream<T>
  keyBy<K>(key: (value: T) => K): KeyedStream<T, K>
  addSink(sink: unknown): SinkOperator
}
export declare class OperatorStream<T> extends DataStream<T> {
  getSideOutput<Out>(tag: { out: Out }): DataStream<Out>
  name(name: string): this
  uid(uid: string): this
}
export declare class KeyedStream<T, K> { reduce(fn: (a: T, b: T) => T): OperatorStream<T>; window(ms: number): WindowedStream<T, K> }
export declare class WindowedStream<T, K> { aggregate<Out>(fn: (key: K, values: T[]) => Out): OperatorStream<Out>; count(): OperatorStream<WindowCount<K>> }
export interface WindowCount<K> { key: K; count: number }
export declare class SinkOperator { name(name: string): this }
export declare const env: { addSource<T>(source: () => T): OperatorStream<T>; setParallelism(n: number): typeof env }
`

/** The calls of the operators whose methods are marked by `«n»` before their names. */
function callsIn(marked: string): Map<string, OperatorCall & { readonly text: string }> {
  const places: { uid: string; line: number; column: number }[] = []
  const lines = `import { env } from './sdk'\n${marked}`.split('\n').map((text, index) => {
    let line = text
    for (let mark = /«(\w+)»/.exec(line); mark !== null; mark = /«(\w+)»/.exec(line)) {
      places.push({ uid: mark[1]!, line: index + 1, column: mark.index + 1 })
      line = line.slice(0, mark.index) + line.slice(mark.index + mark[0].length)
    }
    return line
  })
  const text = lines.join('\n')
  const service = languageService({ '/job.ts': text, '/sdk.ts': SDK })
  const diagnostics = service.getSemanticDiagnostics('/job.ts')
  const calls = operatorCalls(typescript, service.getProgram(), '/job.ts', places, diagnostics)
  return new Map(calls.map(call => [call.uid, { ...call, text: text.slice(call.start, call.end) }]))
}

const CLICKS = `interface Click { userId: string; at: number }
env.setParallelism(2).«source»addSource((): string => '')
  .«parse»map(line => JSON.parse(line) as Click).name('parse').uid('p')
  .keyBy(click => click.userId)
  .window(60_000)
  .«count»aggregate((userId, clicks) => ({ userId, clicks: clicks.length }))
  .«sink»addSink({}).name('out')`

test('the records of each operator have the type that its call returns', () => {
  const calls = callsIn(CLICKS)
  expect([...calls.values()].map(({ uid, output }) => [uid, output?.short ?? null])).toEqual([
    ['source', 'string'],
    ['parse', 'Click'],
    ['count', '{ userId, clicks }'],
    ['sink', null],
  ])
})

test('the whole type has the fields of a type with a name', () => {
  expect(callsIn(CLICKS).get('parse')?.output?.full).toBe('Click { userId: string; at: number }')
})

test('an operator reaches from the end of the one before it to the end of its own settings', () => {
  const calls = callsIn(CLICKS)
  expect(calls.get('source')?.text).toBe("env.setParallelism(2).addSource((): string => '')")
  expect(calls.get('parse')?.text.trim()).toBe(".map(line => JSON.parse(line) as Click).name('parse').uid('p')")
  expect(calls.get('count')?.text.trim()).toMatch(/^\.keyBy[\s\S]*clicks\.length }\)\)$/)
  expect(calls.get('sink')?.text.trim()).toBe(".addSink({}).name('out')")
})

test('the key and the records that come in are those of the stream that it was called on', () => {
  const count = callsIn(CLICKS).get('count')
  expect(count?.key).toBe('string')
  expect(count?.input?.short).toBe('Click')
})

test('types of the library have their plain names, though the text does not import them', () => {
  const calls = callsIn(CLICKS.replace(/«count»aggregate[^\n]*/, '«count»count()'))
  expect(calls.get('count')?.output).toEqual({
    short: 'WindowCount<strin…',
    full: 'WindowCount<string> { key: string; count: number }',
  })
})

test('a wrong field in keyBy is an error of the operator that follows', () => {
  const calls = callsIn(CLICKS.replace('=> click.userId', '=> click.userID'))
  expect(calls.get('count')?.errorAt).not.toBeNull()
  expect([...calls.values()].filter(({ errorAt }) => errorAt !== null).map(({ uid }) => uid)).toEqual(['count'])
})

test('a stream in a constant begins a new part', () => {
  const calls = callsIn(`const numbers = env.«source»addSource(() => 1)
const tag = { out: 'late' }
const late = numbers.getSideOutput(tag)
late.«left»map(text => text.length)
numbers.«right»filter(n => n > 1)`)
  expect(calls.get('left')).toMatchObject({ text: 'late.map(text => text.length)', input: { short: 'string' } })
  expect(calls.get('right')).toMatchObject({ input: { short: 'number' }, output: { short: 'number' } })
})

test('an operator that a helper function makes has the type of the call in the helper', () => {
  const calls =
    callsIn(`function doubled(stream: ReturnType<typeof env.addSource<number>>) { return stream.«double»map(n => n * 2) }
doubled(env.«source»addSource(() => 1))`)
  expect(calls.get('double')).toMatchObject({ output: { short: 'number' }, text: 'stream.map(n => n * 2)' })
})

test('a place that is not in the text is left out', () => {
  const calls = callsIn('env.«source»addSource(() => 1)')
  expect(calls.size).toBe(1)
  const nothing: TsProgram = { getSourceFile: () => undefined, getTypeChecker: () => ({}) as never }
  expect(operatorCalls(typescript, nothing, '/job.ts', [{ uid: 'x', line: 9, column: 1 }], [])).toEqual([])
})
