import type { JobNode } from '../graph/job-graph.ts'
import { checkNumber, misuse, shown } from './checks.ts'

export interface AsyncMapRetries {
  /** How often a call is tried again after it failed or took too long. */
  readonly attempts: number
  /** Before the first retry; each further one waits `factor` times as long. Default 100 ms. */
  readonly delayMs?: number
  /** Default 2. */
  readonly factor?: number
  /** Longest wait before a retry. Default 10 s. */
  readonly maxDelayMs?: number
}

export interface AsyncMapOptions {
  /** So many records at most are under way; with as many, the operator takes no further ones. Default 100. */
  readonly capacity?: number
  /** How long one attempt may take; without it, as long as it likes. */
  readonly timeoutMs?: number
  /**
   * Results in the order of their records (default). Without it they come as they are answered, which keeps a slow answer
   * from holding the others up; still none goes past a watermark.
   */
  readonly ordered?: boolean
  /** A number of retries, or how they are made. Default: none, the first failure fails the job. */
  readonly retries?: number | AsyncMapRetries
}

const OPTIONS = ['capacity', 'timeoutMs', 'ordered', 'retries']
const RETRIES = ['attempts', 'delayMs', 'factor', 'maxDelayMs']
const TIMER_MS_MAX = 2 ** 31 - 1

/** The options as they stand in the operator's config. */
export function asyncMapConfig(options: AsyncMapOptions, where: string): JobNode['config'] {
  checkKnown(options, OPTIONS, where)
  const { capacity, timeoutMs, ordered, retries } = options
  if (capacity !== undefined) {
    checkNumber('asyncMap', capacity, where, { min: 1, max: 1_000_000, whole: true, what: 'the capacity' })
  }
  if (timeoutMs !== undefined) {
    checkNumber('asyncMap', timeoutMs, where, { min: 1, max: TIMER_MS_MAX, what: 'the time-out' })
  }
  if (ordered !== undefined && typeof ordered !== 'boolean') {
    throw misuse(where, `asyncMap({ ordered: ${shown(ordered)} }): ordered has to be true or false`)
  }
  return {
    ...(capacity === undefined ? {} : { capacity }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(ordered === undefined ? {} : { ordered }),
    ...(retries === undefined ? {} : { retries: retriesConfig(retries, where) }),
  }
}

function retriesConfig(retries: number | AsyncMapRetries, where: string): Record<string, number> {
  const made: AsyncMapRetries = typeof retries === 'number' ? { attempts: retries } : retries
  checkKnown(made, RETRIES, where)
  const { attempts, delayMs, factor, maxDelayMs } = made
  checkNumber('asyncMap', attempts, where, { min: 0, max: 1_000, whole: true, what: 'the number of retries' })
  const rules = { delayMs: [0, TIMER_MS_MAX], factor: [1, 100], maxDelayMs: [0, TIMER_MS_MAX] } as const
  const config: Record<string, number> = { attempts }
  for (const [name, value] of Object.entries({ delayMs, factor, maxDelayMs })) {
    if (value === undefined) continue
    const [min, max] = rules[name as keyof typeof rules]
    config[name] = checkNumber('asyncMap', value, where, { min, max, what: `${name} of the retries` })
  }
  return config
}

function checkKnown(options: object, known: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null) {
    throw misuse(where, `asyncMap(fn, ${shown(options)}): the settings have to be an object, e.g. { capacity: 10 }`)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw misuse(where, `asyncMap: "${name}" is no setting; there are ${known.join(', ')}`)
  }
}
