import type { DeltaFunction, Evictor, TimestampedValue } from '../functions/evictor.ts'
import type { EvictorConfig } from './trigger-config.ts'

type Elements = readonly TimestampedValue<unknown>[]

/** The evictor that a config names. `custom` is the user's: an evictor, or the function of a delta evictor. */
export function createEvictor(config: EvictorConfig, custom: unknown): Evictor<unknown> {
  if (config.type === 'custom') return custom as Evictor<unknown>
  const evict = evictionOf(config, custom as DeltaFunction<unknown>)
  return config.after === true ? { evictAfter: evict } : { evictBefore: evict }
}

function evictionOf(
  config: Exclude<EvictorConfig, { type: 'custom' }>,
  delta: DeltaFunction<unknown>,
): (elements: Elements) => Elements {
  switch (config.type) {
    case 'count':
      return elements => (elements.length <= config.count ? elements : elements.slice(-config.count))
    case 'time':
      return elements => {
        let newest = Number.NEGATIVE_INFINITY
        for (const { timestamp } of elements) newest = Math.max(newest, timestamp)
        // Without timestamps there is nothing to go by.
        return newest === Number.NEGATIVE_INFINITY
          ? elements
          : elements.filter(({ timestamp }) => timestamp > newest - config.keepMs)
      }
    case 'delta':
      return elements => {
        const last = elements[elements.length - 1].value
        return elements.filter(({ value }) => delta(value, last) < config.threshold)
      }
  }
}
