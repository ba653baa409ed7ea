import type { ProcessJoinElement, ProcessJoinFunction } from '../functions/join-function.ts'
import type { OutputTag } from '../functions/output-tag.ts'
import { checkNumber, misuse, shown } from './checks.ts'
import type { OperatorStream } from './data-stream.ts'
import { functionText } from './function-text.ts'
import type { NewNode } from './stream-node.ts'

type AttachJoin = <Out>(config: NewNode['config'], fn: unknown) => OperatorStream<Out>

const NAME = 'intervalJoin'

/** Two keyed streams that are about to be joined by time: `between(…)` says how far their records may be apart. */
export class IntervalJoin<Left, Right> {
  readonly #attach: AttachJoin

  /** Not for jobs: intervalJoin() makes it. */
  constructor(attach: AttachJoin) {
    this.#attach = attach
  }

  /**
   * A right record joins the left ones of its key where `left + lowerMs <= right <= left + upperMs`, in event time. The
   * bounds may be negative.
   */
  between(lowerMs: number, upperMs: number): IntervalJoined<Left, Right> {
    checkNumber('between', lowerMs, NAME, { min: -1e15, what: 'the lower bound' })
    checkNumber('between', upperMs, NAME, { min: -1e15, what: 'the upper bound' })
    if (lowerMs > upperMs) {
      throw misuse(
        NAME,
        `between(${lowerMs}, ${upperMs}): the lower bound is above the upper one, so nothing would join; the lower bound comes first, e.g. between(${upperMs}, ${lowerMs})`,
      )
    }
    return new IntervalJoined({ lowerMs, upperMs }, this.#attach)
  }
}

interface IntervalSettings {
  readonly lowerMs: number
  readonly upperMs: number
  readonly lowerExclusive?: true
  readonly upperExclusive?: true
  readonly leftLateTag?: string
  readonly rightLateTag?: string
}

/** An interval join without its function. Immutable: each call gives a new one. */
export class IntervalJoined<Left, Right> {
  readonly #settings: IntervalSettings
  readonly #attach: AttachJoin

  /** Not for jobs: between() makes it. */
  constructor(settings: IntervalSettings, attach: AttachJoin) {
    this.#settings = settings
    this.#attach = attach
  }

  /** A right record that is exactly at the lower bound does not join. */
  lowerBoundExclusive(): IntervalJoined<Left, Right> {
    return this.#excluding('lowerBoundExclusive', { lowerExclusive: true })
  }

  /** A right record that is exactly at the upper bound does not join. */
  upperBoundExclusive(): IntervalJoined<Left, Right> {
    return this.#excluding('upperBoundExclusive', { upperExclusive: true })
  }

  /** Sends left records that are below the watermark to a side output, instead of dropping them. */
  sideOutputLeftLateData(tag: OutputTag<Left>): IntervalJoined<Left, Right> {
    return this.#with({ leftLateTag: tagOf('sideOutputLeftLateData', tag) })
  }

  /** The same for right records. */
  sideOutputRightLateData(tag: OutputTag<Right>): IntervalJoined<Left, Right> {
    return this.#with({ rightLateTag: tagOf('sideOutputRightLateData', tag) })
  }

  /**
   * Calls `fn(left, right, ctx, out)` once for each pair; results take the later of both times. Write
   * `out: Collector<Row>`, or the records that follow are `unknown`.
   */
  process<Out>(fn: ProcessJoinFunction<Left, Right, Out> | ProcessJoinElement<Left, Right, Out>): OperatorStream<Out> {
    const isObject = typeof fn === 'object' && fn !== null && typeof fn.processElement === 'function'
    if (!isObject && (typeof fn !== 'function' || /^class\b/.test(Function.prototype.toString.call(fn)))) {
      throw misuse(
        NAME,
        `process(${shown(fn)}): the argument has to be a function (left, right, ctx, out) => …, or an object with processElement`,
      )
    }
    return this.#attach({ ...this.#settings, fn: functionText(fn) }, fn)
  }

  #excluding(call: string, change: Partial<IntervalSettings>): IntervalJoined<Left, Right> {
    const { lowerMs, upperMs } = this.#settings
    if (lowerMs === upperMs) {
      throw misuse(
        NAME,
        `${call}(): between(${lowerMs}, ${upperMs}) is one moment, and nothing is left of it without it`,
      )
    }
    return this.#with(change)
  }

  #with(change: Partial<IntervalSettings>): IntervalJoined<Left, Right> {
    return new IntervalJoined({ ...this.#settings, ...change }, this.#attach)
  }
}

function tagOf(call: string, tag: unknown): string {
  const id: unknown = typeof tag === 'object' && tag !== null ? Reflect.get(tag, 'id') : undefined
  if (typeof id === 'string') return id
  throw misuse(NAME, `${call}(${shown(tag)}): the argument has to be an OutputTag`)
}
