import type { AssignerConfig } from '../window/assigner.ts'
import type { EvictorConfig, TriggerConfig } from '../window/trigger-config.ts'

/**
 * What a window computes, as the `compute` field of its config says. The built-in ones give an object that names key and
 * window: `{ key, start, end, sum }`, and in the same way `count`, `avg`, `min`, `max`.
 */
export interface WindowCompute {
  readonly type: 'reduce' | 'aggregate' | 'process' | 'sum' | 'count' | 'avg' | 'min' | 'max'
  /** Of sum, avg, min and max. */
  readonly field?: string
}

/** The config of a window operator, as `window-specs.ts` checks it. */
export interface WindowConfig<Assigner extends AssignerConfig = AssignerConfig> {
  readonly assigner: Assigner
  /** Event time only: so long after its end a window takes late records, and fires again for each. */
  readonly allowedLatenessMs?: number
  /** Side output for records that are too late; without it they are dropped. Both are counted. */
  readonly lateTag?: string
  readonly compute: WindowCompute
  /** When windows give results; left out: at their end. The code of a custom one is the function `triggerFn`. */
  readonly trigger?: TriggerConfig
  /** Takes records out of windows that fire. The code of a custom one, or a delta function, is `evictorFn`. */
  readonly evictor?: EvictorConfig
}
