import type { CoGroupFunction, JoinFunction } from '../functions/join-function.ts'
import type { OutputTag } from '../functions/output-tag.ts'
import { keySelectorName } from '../graph/job-functions.ts'
import { checkFunction, checkNumber, misuse, shown } from './checks.ts'
import { keyedInputs } from './connected-streams.ts'
import type { OperatorStream } from './data-stream.ts'
import type { FieldName } from './field-names.ts'
import { functionText } from './function-text.ts'
import { type Key, keyOf } from './key.ts'
import type { Attach } from './keyed-stream.ts'
import type { NewNode, StreamInput, StreamNode, StreamOrigin } from './stream-node.ts'
import { checkMerges, type TriggerParts, triggerParts, type WindowTrigger } from './triggers.ts'
import type { WindowAssigner } from './window-assigners.ts'
import { triggerConfig } from './windowed-stream.ts'

/** Names of the fields of T that hold what can be a key of type K. */
type KeyField<T, K> = { [F in FieldName<T>]: T[F] extends K ? F : never }[FieldName<T>]

interface JoinParts {
  /** `join` or `coGroup`: what messages call it. */
  readonly call: string
  readonly type: 'windowJoin' | 'coGroup'
  readonly left: readonly StreamOrigin[]
  readonly right: readonly StreamOrigin[]
  readonly attach: Attach
}

/** Two streams that are about to be joined by key and window: `where(…)` says what the key of the first one is. */
export class JoinedStreams<Left, Right> {
  readonly #parts: JoinParts

  /** Not for jobs: join() makes it. */
  constructor(parts: JoinParts) {
    this.#parts = parts
  }

  /** The key of the first stream: a function, or the name of a field. */
  where<K>(key: (value: Left) => K): JoinWhere<Left, Right, K, 'join'>
  where<F extends FieldName<Left>>(key: F): JoinWhere<Left, Right, Left[F], 'join'>
  where<K>(key: unknown): JoinWhere<Left, Right, K, 'join'> {
    return new JoinWhere(this.#parts, keyOf('where', key, this.#parts.call))
  }
}

/** The same for `coGroup`. */
export class CoGroupedStreams<Left, Right> {
  readonly #parts: JoinParts

  /** Not for jobs: coGroup() makes it. */
  constructor(parts: JoinParts) {
    this.#parts = parts
  }

  /** The key of the first stream: a function, or the name of a field. */
  where<K>(key: (value: Left) => K): JoinWhere<Left, Right, K, 'coGroup'>
  where<F extends FieldName<Left>>(key: F): JoinWhere<Left, Right, Left[F], 'coGroup'>
  where<K>(key: unknown): JoinWhere<Left, Right, K, 'coGroup'> {
    return new JoinWhere(this.#parts, keyOf('where', key, this.#parts.call))
  }
}

type Kind = 'join' | 'coGroup'

export class JoinWhere<Left, Right, K, Of extends Kind> {
  readonly #parts: JoinParts
  readonly #left: Key

  /** Not for jobs: where() makes it. */
  constructor(parts: JoinParts, left: Key) {
    this.#parts = parts
    this.#left = left
  }

  /** The key of the second stream, of the same type as that of the first. */
  equalTo(key: (value: Right) => K): JoinKeyed<Left, Right, K, Of>
  equalTo(key: KeyField<Right, K>): JoinKeyed<Left, Right, K, Of>
  equalTo(key: unknown): JoinKeyed<Left, Right, K, Of> {
    return new JoinKeyed(this.#parts, this.#left, keyOf('equalTo', key, this.#parts.call))
  }
}

export class JoinKeyed<Left, Right, K, Of extends Kind> {
  readonly #parts: JoinParts
  readonly #left: Key
  readonly #right: Key

  /** Not for jobs: equalTo() makes it. */
  constructor(parts: JoinParts, left: Key, right: Key) {
    this.#parts = parts
    this.#left = left
    this.#right = right
  }

  /** Joins what falls into the same window, e.g. `window(TumblingWindow.of(10_000))`. */
  window(assigner: WindowAssigner): Of extends 'join' ? WindowJoin<Left, Right> : WindowCoGroup<Left, Right, K>
  window(assigner: WindowAssigner): WindowJoin<Left, Right> | WindowCoGroup<Left, Right, K> {
    const { call, type, left, right, attach } = this.#parts
    if (typeof assigner?.toConfig !== 'function') {
      throw misuse(call, `window(${shown(assigner)}): the argument has to be a window, e.g. TumblingWindow.of(10_000)`)
    }
    const config = assigner.toConfig()
    const windowed = new WindowedJoin(call, { assigner: { ...config } }, (settings, fn) => {
      checkFunction('apply', fn, call)
      const inputs: readonly StreamInput[] = [
        ...keyedInputs(left, this.#left, 0),
        ...keyedInputs(right, this.#right, 1),
      ]
      return attach((left[0] as StreamOrigin).node, {
        type,
        config: { fn: functionText(fn), ...windowConfig(settings) },
        functions: {
          fn,
          ...(settings.trigger?.custom === undefined ? {} : { triggerFn: settings.trigger.custom }),
          [keySelectorName(0)]: this.#left.selector,
          [keySelectorName(1)]: this.#right.selector,
        },
        inputs,
      })
    })
    return type === 'windowJoin' ? new WindowJoin<Left, Right>(windowed) : new WindowCoGroup<Left, Right, K>(windowed)
  }
}

interface WindowSettings {
  readonly assigner: ReturnType<WindowAssigner['toConfig']>
  readonly trigger?: TriggerParts
  readonly allowedLatenessMs?: number
  readonly lateTag?: string
}

function windowConfig({
  assigner,
  trigger,
  allowedLatenessMs,
  lateTag,
}: WindowSettings): NonNullable<NewNode['config']> {
  return {
    assigner: { ...assigner },
    ...(trigger === undefined ? {} : triggerConfig(trigger)),
    ...(allowedLatenessMs === undefined ? {} : { allowedLatenessMs }),
    ...(lateTag === undefined ? {} : { lateTag }),
  }
}

/** What joins and co-groups have in common. Immutable: each call gives a new one. */
class WindowedJoin {
  readonly #call: string
  readonly #settings: WindowSettings
  readonly #attach: (settings: WindowSettings, fn: unknown) => OperatorStream<unknown>

  constructor(
    call: string,
    settings: WindowSettings,
    attach: (settings: WindowSettings, fn: unknown) => OperatorStream<unknown>,
  ) {
    this.#call = call
    this.#settings = settings
    this.#attach = attach
  }

  trigger<T>(trigger: WindowTrigger<T>): WindowedJoin {
    const parts = triggerParts('trigger', trigger)
    if (this.#settings.assigner.type === 'session') checkMerges(parts.custom)
    return this.#with({ trigger: parts })
  }

  allowedLateness(latenessMs: number): WindowedJoin {
    checkNumber('allowedLateness', latenessMs, this.#call, { min: 0, what: 'the lateness' })
    this.#checkEventTime('allowedLateness')
    return this.#with({ allowedLatenessMs: latenessMs })
  }

  sideOutputLateData(tag: { readonly id: string }): WindowedJoin {
    if (typeof tag?.id !== 'string') {
      throw misuse(this.#call, `sideOutputLateData(${shown(tag)}): the argument has to be an OutputTag`)
    }
    this.#checkEventTime('sideOutputLateData')
    return this.#with({ lateTag: tag.id })
  }

  apply<Out>(fn: unknown): OperatorStream<Out> {
    const { assigner, trigger } = this.#settings
    if (assigner.type === 'global' && trigger === undefined) {
      throw misuse(
        this.#call,
        'apply(…): a global window never ends; put .trigger(…) before it, e.g. CountTrigger.of(10)',
      )
    }
    return this.#attach(this.#settings, fn) as OperatorStream<Out>
  }

  #checkEventTime(call: string): void {
    const { time, type } = this.#settings.assigner
    if (time === 'event' && type !== 'global') return
    const kind = time === 'event' ? 'global' : 'processing-time'
    throw misuse(this.#call, `${call}(): no record is late in a ${kind} window; remove the call`)
  }

  #with(change: Partial<WindowSettings>): WindowedJoin {
    return new WindowedJoin(this.#call, { ...this.#settings, ...change }, this.#attach)
  }
}

/** Two streams joined by key and window, without the function that makes a result of each pair. */
export class WindowJoin<Left, Right> {
  readonly #join: WindowedJoin

  /** Not for jobs: window() makes it. */
  constructor(join: WindowedJoin) {
    this.#join = join
  }

  /** Decides when windows give results, instead of their end. A window that fires gives all its pairs again. */
  trigger(trigger: WindowTrigger<Left | Right>): WindowJoin<Left, Right> {
    return new WindowJoin(this.#join.trigger(trigger))
  }

  /** Keeps windows for so many ms of event time after their end; a late record within it makes its window fire again. */
  allowedLateness(latenessMs: number): WindowJoin<Left, Right> {
    return new WindowJoin(this.#join.allowedLateness(latenessMs))
  }

  /** Sends records of either stream that are too late for their window to a side output, instead of dropping them. */
  sideOutputLateData(tag: OutputTag<Left | Right>): WindowJoin<Left, Right> {
    return new WindowJoin(this.#join.sideOutputLateData(tag))
  }

  /** `fn(left, right, window)` gives one result for each pair. Records without a partner give none. */
  apply<Out>(fn: JoinFunction<Left, Right, Out>): OperatorStream<Out> {
    return this.#join.apply(fn)
  }
}

/** Two streams gathered by key and window, without the function that gets both lists. */
export class WindowCoGroup<Left, Right, K> {
  readonly #join: WindowedJoin

  /** Not for jobs: window() makes it. */
  constructor(join: WindowedJoin) {
    this.#join = join
  }

  /** Decides when windows give results, instead of their end. */
  trigger(trigger: WindowTrigger<Left | Right>): WindowCoGroup<Left, Right, K> {
    return new WindowCoGroup(this.#join.trigger(trigger))
  }

  /** Keeps windows for so many ms of event time after their end; a late record within it makes its window fire again. */
  allowedLateness(latenessMs: number): WindowCoGroup<Left, Right, K> {
    return new WindowCoGroup(this.#join.allowedLateness(latenessMs))
  }

  /** Sends records of either stream that are too late for their window to a side output, instead of dropping them. */
  sideOutputLateData(tag: OutputTag<Left | Right>): WindowCoGroup<Left, Right, K> {
    return new WindowCoGroup(this.#join.sideOutputLateData(tag))
  }

  /**
   * `fn(left, right, out, key, window)` gets all records of both streams, also where one has none. Write
   * `out: Collector<Row>`, or the records that follow are `unknown`.
   */
  apply<Out>(fn: CoGroupFunction<K, Left, Right, Out>): OperatorStream<Out> {
    return this.#join.apply(fn)
  }
}

/** For messages about a stream that is no stream. */
export function checkJoined(call: string, stream: unknown, isStream: boolean, from: StreamNode): void {
  if (isStream) return
  throw misuse(
    from.name,
    `${call}(${shown(stream)}): the argument has to be a stream that is not keyed; ${call}(…).where(…).equalTo(…) gives the keys`,
  )
}
