import type { JobNode } from '../graph/job-graph.ts'
import type { FlowControl, Operator, OperatorContext } from './operator.ts'
import { userError } from './operator-errors.ts'
import type { Committable, Sink, SinkWriter } from './sink.ts'

export interface SinkOperatorOptions {
  readonly workdir: string
  readonly checkpointed: boolean
  readonly bounded?: boolean
  /** The writer may take records again, or has failed: the subtask should step. */
  readonly wakeUp: () => void
  readonly publish: (row: unknown) => void
}

/**
 * Runs a SinkWriter. While the writer is not ready the flow is suspended, and `resume` answers when it is again.
 *
 * Opening, preparing and closing wait for the world: the subtask calls `openWriter` before the first element,
 * `prepareCommit` at a barrier and at the end of the input, and `closeWriter` at the very end, whatever the reason.
 */
export class SinkOperator implements Operator {
  readonly #writer: SinkWriter
  readonly #flow: FlowControl
  readonly #node: JobNode
  #waiting = false

  constructor(context: OperatorContext, sink: Sink, options: SinkOperatorOptions) {
    const { node, functions, platform, subtask, logger } = context
    this.#flow = context.flow
    this.#node = node
    try {
      const operator = node.uid
      this.#writer = sink.createWriter(node.config, { subtask, operator, functions, platform, logger, ...options })
    } catch (error) {
      throw userError(error, node)
    }
  }

  processElement(value: unknown, timestamp: number): void {
    const writer = this.#writer
    let ready: boolean
    try {
      writer.write(value, timestamp)
      ready = writer.isReady()
    } catch (error) {
      throw userError(error, this.#node)
    }
    if (ready || this.#waiting) return
    this.#waiting = true
    this.#flow.suspend()
  }

  resume(): boolean {
    if (!this.#waiting) return true
    if (!this.#isReady()) return false
    this.#waiting = false
    this.#flow.unsuspend()
    return true
  }

  /** Whether it waits for its writer: then nothing goes on before `wakeUp`. */
  get isWaiting(): boolean {
    return this.#waiting
  }

  openWriter(): Promise<void> {
    return this.#guard(() => this.#writer.open())
  }

  prepareCommit(): Promise<readonly Committable[]> {
    return this.#guard(() => this.#writer.prepareCommit())
  }

  closeWriter(): Promise<void> {
    return this.#guard(() => this.#writer.close())
  }

  #isReady(): boolean {
    try {
      return this.#writer.isReady()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  async #guard<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }
}

export function createSinkOperator(context: OperatorContext, sink: Sink, options: SinkOperatorOptions): SinkOperator {
  return new SinkOperator(context, sink, options)
}
