import { z } from 'zod'

/**
 * The logical graph of a job, in the one form in which it is stored, hashed, shown and planned.
 *
 * It is plain JSON. A function of the user stands in it as its source text, for people to read and for the hash; what
 * runs is the closure that evaluating the job's bundle gives, found by the operator's uid (see `job-functions.ts`).
 */

export const PARTITIONERS = ['forward', 'hash', 'rebalance', 'rescale', 'broadcast'] as const
export type Partitioner = (typeof PARTITIONERS)[number]

/** The highest max parallelism: key groups are 15-bit numbers, as in Flink. */
export const MAX_PARALLELISM_LIMIT = 32_768
export const DEFAULT_MAX_PARALLELISM = 128

const parallelismSchema = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(MAX_PARALLELISM_LIMIT, `must be at most ${MAX_PARALLELISM_LIMIT}`)

/** Names stand in terminals, logs and pages: a control character in one could rewrite what stands around it. */
const nameSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must have at most 200 characters')
  .regex(/^\P{Cc}*$/u, 'must not contain control characters such as line breaks')

const durationMsSchema = z.number().min(0).max(1e15)

export const alignmentSchema = z.strictObject({
  /** Sources of one group wait for each other. */
  group: nameSchema,
  /** How far a source may be ahead of the slowest one of the group, in event time. */
  maxDriftMs: durationMsSchema,
  /** How often sources report their watermarks, and hear of the slowest. */
  intervalMs: z.number().min(10).max(1e9).optional(),
})
export type AlignmentConfig = z.infer<typeof alignmentSchema>

export const watermarksSchema = z.strictObject({
  strategy: z.enum(['bounded', 'monotonous', 'none', 'custom']),
  /** How late a record may be, for `bounded`. */
  boundMs: durationMsSchema.optional(),
  /** How often a watermark is emitted at most. */
  intervalMs: z.number().min(1).max(1e9).optional(),
  idlenessMs: z.number().min(1).max(1e15).optional(),
  /** Source text of `(value, recordTimestamp) => ms`. */
  timestampAssigner: z.string().optional(),
  /** Source text of the factory of a custom generator. */
  generator: z.string().optional(),
  /** Of sources alone. */
  alignment: alignmentSchema.optional(),
})
export type WatermarksConfig = z.infer<typeof watermarksSchema>

export const nodeSchema = z.strictObject({
  /** Stable identity of the operator over versions of the job: state and closures are found by it. */
  uid: nameSchema,
  /** Key of the operator's spec, e.g. `map` or `fileSource`. */
  type: z.string().min(1).max(100),
  name: nameSchema,
  /** Checked against the spec of `type`. */
  config: z.record(z.string(), z.json()).default({}),
  /** Absent: the job's. */
  parallelism: parallelismSchema.optional(),
  /** Of sources and of `timestamps` operators. */
  watermarks: watermarksSchema.optional(),
  /** `head` starts a new chain, `never` chains with nobody. */
  chaining: z.enum(['always', 'head', 'never']).optional(),
  slotSharingGroup: nameSchema.optional(),
})
export type JobNode = z.infer<typeof nodeSchema>

export const edgeSchema = z.strictObject({
  from: z.string().min(1),
  to: z.string().min(1),
  /**
   * `forward` joins equal parallelisms one to one. Between unequal ones it becomes `rebalance`, unless `strict` says that
   * the user wrote forward() and wants an error instead.
   */
  partitioner: z.enum(PARTITIONERS).default('forward'),
  strict: z.boolean().optional(),
  /** Source text of the key selector, with `hash`. */
  key: z.string().optional(),
  /** Tag of the side output that the edge starts from; null is the main output. */
  output: z.string().nullable().default(null),
  /** Which input of `to` the edge ends in. Several edges into one input are a union. */
  input: z.int().min(0).max(1).default(0),
})
export type JobEdge = z.infer<typeof edgeSchema>

export const checkpointingSchema = z.strictObject({
  intervalMs: z.number().min(10).max(1e12),
  mode: z.enum(['exactly-once', 'at-least-once']).default('exactly-once'),
  unaligned: z.boolean().optional(),
  alignmentTimeoutMs: durationMsSchema.optional(),
  timeoutMs: z.number().min(1).max(1e12).optional(),
  minPauseMs: durationMsSchema.optional(),
  tolerableFailures: z.int().min(0).optional(),
  retained: z.int().min(1).max(1000).optional(),
})
export type CheckpointingConfig = z.infer<typeof checkpointingSchema>

export const restartStrategySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('fixed-delay'), attempts: z.int().min(0), delayMs: durationMsSchema }),
  z.strictObject({
    type: z.literal('exponential-delay'),
    initialMs: z.number().min(1),
    maxMs: z.number().min(1),
    multiplier: z.number().min(1),
    resetAfterMs: durationMsSchema,
    /** 0 to 1: the share of the delay that is drawn at random. */
    jitter: z.number().min(0).max(1),
  }),
  z.strictObject({
    type: z.literal('failure-rate'),
    failures: z.int().min(1),
    intervalMs: z.number().min(1),
    delayMs: durationMsSchema,
  }),
])
export type RestartStrategy = z.infer<typeof restartStrategySchema>

export const jobGraphSchema = z.strictObject({
  name: nameSchema,
  parallelism: parallelismSchema.default(1),
  /** Number of key groups; fixed for the life of the job's state. */
  maxParallelism: parallelismSchema.default(DEFAULT_MAX_PARALLELISM),
  checkpointing: checkpointingSchema.optional(),
  restart: restartStrategySchema.optional(),
  stateBackend: z.enum(['rocksdb', 'memory']).optional(),
  nodes: z.array(nodeSchema).min(1, 'a job needs at least one operator').max(10_000),
  edges: z.array(edgeSchema).max(50_000),
})
export type JobGraph = z.infer<typeof jobGraphSchema>
