import { refusePromise } from '../base/promises.ts'
import type { CoProcessFunction } from '../functions/co-process-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { functionObject } from './function-object.ts'
import type { Operator, OperatorContext } from './operator.ts'
import { userError } from './operator-errors.ts'
import { RecordContext } from './process.ts'
import { runtimeContext } from './runtime-context.ts'

export const CO_PROCESS_METHODS = ['processElement1', 'processElement2'] as const

type AnyCoProcessFunction = Pick<CoProcessFunction<unknown, unknown, unknown>, (typeof CO_PROCESS_METHODS)[number]> &
  Partial<CoProcessFunction<unknown, unknown, unknown>>

/** Runs a CoProcessFunction over two connected streams that need not be keyed. */
export class CoProcessOperator implements Operator {
  readonly #fn: AnyCoProcessFunction
  readonly #context: OperatorContext
  readonly #node: JobNode
  readonly #record: RecordContext

  constructor(context: OperatorContext) {
    this.#fn = functionObject(context, CO_PROCESS_METHODS)
    this.#context = context
    this.#node = context.node
    this.#record = new RecordContext(context)
  }

  open(): void {
    try {
      refusePromise(this.#fn.open?.(runtimeContext(this.#context, false)), 'open()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processElement(value: unknown, timestamp: number, input: number): void {
    const record = this.#record
    record.at = timestamp
    try {
      if (input === 0) refusePromise(this.#fn.processElement1(value, record, record), 'processElement1()')
      else refusePromise(this.#fn.processElement2(value, record, record), 'processElement2()')
    } catch (error) {
      throw userError(error, this.#node)
    }
  }

  processWatermark(watermark: number): boolean {
    this.#record.watermark = watermark
    return true
  }

  close(): void {
    try {
      this.#fn.close?.()
    } catch (error) {
      throw userError(error, this.#node)
    }
  }
}
