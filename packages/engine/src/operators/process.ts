import { WeirError } from '../base/errors.ts'
import type { Clock } from '../base/platform.ts'
import { refusePromise } from '../base/promises.ts'
import type { Collector } from '../functions/collector.ts'
import { type OutputTag, tagId } from '../functions/output-tag.ts'
import type { ProcessContext, ProcessFunction } from '../functions/process-function.ts'
import type { JobNode } from '../graph/job-graph.ts'
import { MIN_WATERMARK, NO_TIMESTAMP } from '../record/stream-element.ts'
import type { Operator, OperatorContext, Output } from './operator.ts'
import { userError } from './operator-errors.ts'
import { instanceOf, runtimeContext } from './runtime-context.ts'

type AnyProcessFunction = Pick<ProcessFunction<unknown, unknown>, 'processElement'> &
  Partial<ProcessFunction<unknown, unknown>>

/** Context and collector of the function: one object, which the operator tells about each record. */
export class RecordContext implements ProcessContext, Collector<unknown> {
  readonly #output: Output
  readonly #clock: Clock
  at = NO_TIMESTAMP
  watermark = MIN_WATERMARK

  constructor({ output, platform }: OperatorContext) {
    this.#output = output
    this.#clock = platform.clock
  }

  timestamp(): number {
    return this.at
  }

  currentWatermark(): number {
    return this.watermark
  }

  currentProcessingTime(): number {
    return this.#clock.now()
  }

  output<T>(tag: OutputTag<T> | string, value: T): void {
    this.#output.sideOutput(tagId(tag), value, this.at)
  }

  collect(value: unknown): void {
    this.#output.collect(value, this.at)
  }
}

/** Runs a ProcessFunction, or a plain `(value, context, out) => void`, over a stream that need not be keyed. */
export class ProcessOperator implements Operator {
  readonly #fn: AnyProcessFunction
  readonly #context: OperatorContext
  readonly #node: JobNode
  readonly #record: RecordContext

  constructor(context: OperatorContext) {
    this.#fn = processFunction(context)
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

  processElement(value: unknown, timestamp: number): void {
    this.#record.at = timestamp
    try {
      refusePromise(this.#fn.processElement(value, this.#record, this.#record), 'the function')
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

/** The user's function of a `process` or `keyedProcess` node. */
export function processFunction<F extends { processElement: unknown }>(context: OperatorContext): F {
  const { functions, node } = context
  let fn: unknown
  try {
    fn = instanceOf(functions.fn, plain => ({ processElement: plain }))
  } catch (error) {
    throw userError(error, node)
  }
  if (typeof (fn as Partial<F> | undefined)?.processElement === 'function') return fn as F
  throw new WeirError(
    'JOB_GRAPH',
    `operator '${node.name}' (${node.type}) needs a function, or an object with processElement`,
    {
      place: { operator: node.name },
    },
  )
}
