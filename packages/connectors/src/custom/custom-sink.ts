import type { SinkDescriptor } from '@weir/engine/api/connectors'
import { functionText } from '@weir/engine/api/function-text'
import { WeirError } from '@weir/engine/base/errors'
import { checkOptions } from '../check-options.ts'

/** What a writer learns about where it runs, and what it may do beside writing. */
export interface CustomSinkContext {
  readonly subtask: number
  readonly parallelism: number
  /** Counts from 0 for each restart of the job. */
  readonly attempt: number
  /** Rows for a person's eyes: a local run shows them. */
  readonly publish: (row: unknown) => void
  /** To be called when `isReady()` may have become true. */
  readonly wakeUp: () => void
}

/** Takes the records of one subtask. All calls come from one thread, one at a time. */
export interface CustomSinkWriter<T> {
  /** Takes the record, always. What it throws fails the job. */
  write(value: T, timestamp: number): void
  /** False while so much waits to be written that the job should stop sending more. Absent: always ready. */
  isReady?(): boolean
  /**
   * Everything written so far has to be safe when this is through: at a checkpoint, and at the end of a bounded input.
   * A record may come again after a failure, so a writer that must not write twice writes under a key.
   */
  flush?(): void | Promise<void>
  /** When the subtask ends, whatever the reason. */
  close?(): void | Promise<void>
}

export interface CustomSinkOptions<T> {
  /** Makes the writer of a subtask; it may wait for a connection. */
  readonly open: (context: CustomSinkContext) => CustomSinkWriter<T> | Promise<CustomSinkWriter<T>>
}

/** A sink that the job brings itself. What it writes is visible at once: each record is written once or, after a failure, more than once. */
export function customSink<T>(options: CustomSinkOptions<T>): SinkDescriptor<T> {
  const { open } = checkOptions('customSink', options, '{ open: context => writer }')
  if (typeof open !== 'function') {
    throw new WeirError(
      'CONNECTOR_CONFIG',
      'customSink(): "open" has to be a function that gives a writer, e.g. context => new MyWriter(context)',
    )
  }
  return { kind: 'sink', type: 'customSink', config: { open: functionText(open) }, functions: { open } }
}
