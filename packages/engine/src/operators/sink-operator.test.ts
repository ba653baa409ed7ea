import { describe, expect, test } from 'vitest'
import type { JobNode } from '../graph/job-graph.ts'
import { MAX_WATERMARK } from '../record/stream-element.ts'
import type { FlowControl, OperatorContext } from './operator.ts'
import type { Sink, SinkWriter, WriterContext } from './sink.ts'
import { createSinkOperator } from './sink-operator.ts'

/** Holds two records at most; `flushNow` makes room. */
class SmallWriter implements SinkWriter {
  readonly waiting: unknown[] = []
  readonly written: unknown[] = []
  readonly calls: string[] = []

  async open(): Promise<void> {
    this.calls.push('open')
  }

  write(value: unknown): void {
    if (value === 'broken') throw new Error('disk full')
    this.waiting.push(value)
  }

  isReady(): boolean {
    return this.waiting.length < 2
  }

  flushNow(): void {
    this.written.push(...this.waiting.splice(0))
  }

  async prepareCommit(): Promise<readonly unknown[]> {
    this.flushNow()
    return [{ records: this.written.length }]
  }

  async close(): Promise<void> {
    this.calls.push('close')
    throw new Error('cannot close')
  }
}

function setUp() {
  const writer = new SmallWriter()
  let given: WriterContext | undefined
  const sink: Sink = {
    type: 'small',
    createWriter: (_config, context) => {
      given = context
      return writer
    },
  }
  let suspended = 0
  const flow: FlowControl = {
    get blocked() {
      return suspended > 0
    },
    suspend: () => void suspended++,
    unsuspend: () => void suspended--,
  }
  const node: JobNode = { uid: 'k-1', type: 'small', name: 'results', config: {} }
  const context = { node, functions: {}, flow } as unknown as OperatorContext
  const publish = (): void => undefined
  const operator = createSinkOperator(context, sink, {
    workdir: '/data',
    checkpointed: true,
    wakeUp: () => undefined,
    publish,
  })
  return { operator, writer, flow, context: () => given }
}

test('the flow is suspended while the writer is not ready, and goes on when it is', () => {
  const { operator, writer, flow } = setUp()
  operator.processElement('a', 0)
  expect(flow.blocked).toBe(false)
  operator.processElement('b', 0)
  expect(flow.blocked).toBe(true)
  expect(operator.isWaiting).toBe(true)
  expect(operator.resume()).toBe(false)
  // Results of one call may come whatever the state of the flow; they are taken, and the flow is suspended once.
  operator.processElement('c', 0)
  writer.flushNow()
  expect(operator.resume()).toBe(true)
  expect(flow.blocked).toBe(false)
  expect(operator.resume()).toBe(true)
  expect(writer.written).toEqual(['a', 'b', 'c'])
})

test('the writer learns where it stands, and its committables come out', async () => {
  const { operator, writer, context } = setUp()
  await operator.openWriter()
  operator.processElement('a', MAX_WATERMARK)
  expect(await operator.prepareCommit()).toEqual([{ records: 1 }])
  expect(writer.calls).toEqual(['open'])
  expect(context()).toMatchObject({ operator: 'k-1', workdir: '/data', checkpointed: true })
})

describe('a failure names the sink', () => {
  test('of a write', () => {
    expect(() => setUp().operator.processElement('broken', 0)).toThrow("operator 'results': disk full")
  })

  test('of what the world answers later', async () => {
    await expect(setUp().operator.closeWriter()).rejects.toThrow("operator 'results': cannot close")
  })
})
