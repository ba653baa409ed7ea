import type { SourceDescriptor } from '@weir/engine/api/connectors'
import { functionText } from '@weir/engine/api/function-text'
import type { JobNode } from '@weir/engine/graph/job-graph'
import { checkOptions } from '../check-options.ts'

/** How the values of one field are made; bounds belong to the range. */
export type DatagenField<V = unknown> =
  | (number extends V ? 'sequence' | 'timestamp' | { readonly int: readonly [min: number, max: number] } : never)
  | (number extends V ? { readonly float: readonly [min: number, max: number] } : never)
  | (string extends V ? 'uuid' | { readonly text: readonly [min: number, max: number] } : never)
  | { readonly oneOf: readonly V[] }

/** Uniform in [0, 1); which numbers come follows from the seed and the record's index alone. */
export type DatagenRandom = () => number

interface DatagenRate {
  /** Over all subtasks together; as fast as it goes when absent. */
  readonly rowsPerSecond?: number
  /** Endless when absent. */
  readonly count?: number
  /** Default 0. Equal seeds give equal records, whatever the parallelism. */
  readonly seed?: number
}

export interface DatagenFields<T> extends DatagenRate {
  readonly fields: { readonly [F in keyof T]: DatagenField<T[F]> }
  readonly generator?: undefined
}

export interface DatagenGenerator<T> extends DatagenRate {
  /** Makes record `index`, counted from 0. It should use `random` rather than Math.random, to give the same again. */
  readonly generator: (index: number, random: DatagenRandom) => T
  readonly fields?: undefined
}

/** Makes records out of nothing, by a description of their fields or by a function. */
export function datagenSource<T>(options: DatagenFields<T> | DatagenGenerator<T>): SourceDescriptor<T> {
  const { generator, ...rest } = checkOptions('datagenSource', options, '{ count: 10, generator: index => index }')
  const plain = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as JobNode['config']
  if (generator === undefined) return { kind: 'source', type: 'datagen', config: plain }
  return {
    kind: 'source',
    type: 'datagen',
    config: { ...plain, generator: functionText(generator) },
    functions: { generator },
  }
}
