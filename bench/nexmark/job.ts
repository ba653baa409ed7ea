import { collectSink, fileSource, StreamExecutionEnvironment, WatermarkStrategies } from '@weir/sdk'
import type { NexmarkEvent } from './events.ts'
import { OUT_OF_ORDER_MS, type TextMode } from './generator.ts'
import { generatorSource } from './generator-source.ts'
import { marked } from './marks.ts'
import type { Query } from './query.ts'
import { countingSink, digestSink } from './row-sinks.ts'

export interface NexmarkJobOptions {
  readonly events: number
  readonly rate: number
  readonly seed: number
  readonly text: TextMode
  readonly parallelism: number
  /** NDJSON to read instead of making the events. */
  readonly file?: string
  /** `collect`: the rows themselves, as the digest takes them. */
  readonly sink: 'blackhole' | 'digest' | 'collect'
  readonly state: 'memory' | 'rocksdb'
  /** Folder for CPU profiles of the slots' threads. */
  readonly cpuProf?: string
}

/** A job of one source and any number of queries over it; each sink is called as its query. None: the source alone. */
export function nexmarkJob(options: NexmarkJobOptions, ...queries: readonly Query[]): StreamExecutionEnvironment {
  const env = new StreamExecutionEnvironment(`nexmark-${queries.map(query => query.name).join('-') || 'source'}`)
  env.setParallelism(options.parallelism).setStateBackend(options.state)
  const events = addEvents(env, options)
  if (queries.length === 0) events.addSink(countingSink(options.cpuProf)).name('source')
  for (const query of queries) {
    const rows = query.apply(events)
    if (options.sink === 'digest') rows.addSink(digestSink(value => query.row(value))).name(query.name)
    else if (options.sink === 'blackhole') rows.addSink(countingSink(options.cpuProf)).name(query.name)
    else
      rows
        .map(value => query.row(value))
        .addSink(collectSink())
        .name(query.name)
  }
  return env
}

function addEvents(env: StreamExecutionEnvironment, options: NexmarkJobOptions) {
  const strategy = WatermarkStrategies.boundedOutOfOrderness<NexmarkEvent>(OUT_OF_ORDER_MS)
  if (options.file === undefined) return env.addSource(generatorSource(options), strategy)
  let begun = false
  return env.addSource(
    fileSource<NexmarkEvent>({ path: options.file, format: 'json' }),
    strategy.withTimestampAssigner(event => {
      if (!begun) {
        begun = true
        marked('first record', Date.now())
      }
      return event.dateTime
    }),
  )
}
