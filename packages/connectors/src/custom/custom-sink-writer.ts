import { WeirError } from '@weir/engine/base/errors'
import { promiseRefused } from '@weir/engine/base/promises'
import type { Committable, Sink, SinkWriter, WriterContext } from '@weir/engine/operators/sink'
import type { CustomSinkOptions, CustomSinkWriter } from './custom-sink.ts'

type Open = CustomSinkOptions<unknown>['open']

/** The sink behind `customSink`. */
export const customSinkRuntime: Sink = {
  type: 'customSink',
  createWriter: (_config, context) => new CustomWriter(context),
}

class CustomWriter implements SinkWriter {
  readonly #openWriter: Open
  readonly #context: WriterContext
  #writer: CustomSinkWriter<unknown> | undefined

  constructor(context: WriterContext) {
    const { open } = context.functions
    if (typeof open !== 'function') {
      throw new WeirError('JOB_GRAPH', 'the custom sink needs a function "open" that gives a writer')
    }
    this.#openWriter = open as Open
    this.#context = context
  }

  async open(): Promise<void> {
    const { subtask, publish, wakeUp } = this.#context
    const writer: unknown = await this.#openWriter({
      subtask: subtask.subtask,
      parallelism: subtask.parallelism,
      attempt: subtask.attempt,
      publish,
      wakeUp,
    })
    if (typeof (writer as Partial<CustomSinkWriter<unknown>> | null | undefined)?.write !== 'function') {
      throw new WeirError(
        'USER_FUNCTION',
        'open() of the custom sink gave no writer; return an object with write(value)',
      )
    }
    this.#writer = writer as CustomSinkWriter<unknown>
  }

  write(value: unknown, timestamp: number): void {
    const result: unknown = this.#opened().write(value, timestamp)
    if (result instanceof Promise) throw promiseRefused(result, 'write() of the custom sink returned a promise')
  }

  isReady(): boolean {
    const writer = this.#opened()
    return writer.isReady === undefined || writer.isReady()
  }

  async prepareCommit(): Promise<readonly Committable[]> {
    await this.#opened().flush?.()
    return []
  }

  async close(): Promise<void> {
    await this.#writer?.close?.()
  }

  #opened(): CustomSinkWriter<unknown> {
    if (this.#writer === undefined) throw new WeirError('INTERNAL', 'the custom sink was used before it was open')
    return this.#writer
  }
}
