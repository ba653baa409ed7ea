import type { DeltaFunction, Evictor } from '../functions/evictor.ts'
import type { EvictorConfig } from '../window/trigger-config.ts'
import { checkFunction, checkNumber, misuse, shown } from './checks.ts'

const NAME = 'window'

/** An evictor as it stands in a window operator's config, with the user's function or evictor, where there is one. */
export interface EvictorParts {
  readonly config: EvictorConfig
  readonly custom?: unknown
}

export interface EvictorOptions {
  /** Takes records out after the result has been computed instead of before. */
  readonly after?: boolean
}

/** What `evictor(…)` takes: one of these classes, or an object of one's own with the functions of `Evictor`. */
export type WindowEvictor<T> = CountEvictor | TimeEvictor | DeltaEvictor<T> | Evictor<T>

/** Keeps the last so many records. */
export class CountEvictor {
  readonly #config: EvictorConfig

  private constructor(config: EvictorConfig) {
    this.#config = config
  }

  static of(count: number, options: EvictorOptions = {}): CountEvictor {
    checkNumber('CountEvictor.of', count, NAME, { min: 1, whole: true, what: 'the number of records' })
    return new CountEvictor({ type: 'count', count, ...after(options) })
  }

  toParts(): EvictorParts {
    return { config: this.#config }
  }
}

/** Keeps the records that are less than so many ms older, by their timestamps, than the newest. */
export class TimeEvictor {
  readonly #config: EvictorConfig

  private constructor(config: EvictorConfig) {
    this.#config = config
  }

  static of(keepMs: number, options: EvictorOptions = {}): TimeEvictor {
    checkNumber('TimeEvictor.of', keepMs, NAME, { min: 1, what: 'the time' })
    return new TimeEvictor({ type: 'time', keepMs, ...after(options) })
  }

  toParts(): EvictorParts {
    return { config: this.#config }
  }
}

/** Keeps the records whose distance from the last one is below the threshold. */
export class DeltaEvictor<T> {
  readonly #config: EvictorConfig
  readonly #delta: DeltaFunction<T>

  private constructor(config: EvictorConfig, delta: DeltaFunction<T>) {
    this.#config = config
    this.#delta = delta
  }

  static of<T>(threshold: number, delta: DeltaFunction<T>, options: EvictorOptions = {}): DeltaEvictor<T> {
    checkNumber('DeltaEvictor.of', threshold, NAME, { min: 0, what: 'the threshold' })
    checkFunction('DeltaEvictor.of', delta, NAME)
    return new DeltaEvictor<T>({ type: 'delta', threshold, ...after(options) }, delta)
  }

  toParts(): EvictorParts {
    return { config: this.#config, custom: this.#delta }
  }
}

export function evictorParts<T>(evictor: WindowEvictor<T>): EvictorParts {
  if (evictor instanceof CountEvictor || evictor instanceof TimeEvictor || evictor instanceof DeltaEvictor) {
    return evictor.toParts()
  }
  const isObject = typeof evictor === 'object' && evictor !== null
  if (isObject && EVICTOR_FUNCTIONS.some(name => typeof Reflect.get(evictor, name) === 'function')) {
    return { config: { type: 'custom' }, custom: evictor }
  }
  throw misuse(
    NAME,
    `evictor(${shown(evictor)}): the argument has to be an evictor, e.g. CountEvictor.of(100), or an object with evictBefore or evictAfter`,
  )
}

export const EVICTOR_FUNCTIONS: readonly string[] = ['evictBefore', 'evictAfter']

function after(options: EvictorOptions): { after?: true } {
  if (typeof options !== 'object' || options === null) {
    throw misuse(NAME, `${shown(options)} are no options of an evictor; write { after: true }`)
  }
  return options.after === true ? { after: true } : {}
}
