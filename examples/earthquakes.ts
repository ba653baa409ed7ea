// Earthquakes: how many there were in each region in every six hours of one week, the strongest and the deepest.
// Shows: files, event time, windows, aggregate

import {
  type Collector,
  fileSink,
  fileSource,
  StreamExecutionEnvironment,
  TumblingWindow,
  WatermarkStrategies,
} from '@weir/sdk'

/** One line of data/earthquakes.ndjson, which is sorted by time. */
interface Earthquake {
  id: string
  /** ms since the epoch. */
  time: number
  magnitude: number
  /** `4km W of Castaic, CA` */
  place: string
  depthKm: number
}

/** The earthquakes of one region in six hours. */
interface Summary {
  region: string
  from: string
  count: number
  strongest: number
  deepestKm: number
}

const SIX_HOURS_MS = 6 * 60 * 60 * 1000

const env = new StreamExecutionEnvironment('earthquakes')
env.setParallelism(2).enableCheckpointing(10_000)

env
  .addSource(
    fileSource<Earthquake>({ path: 'data/earthquakes.ndjson', format: 'json' }),
    WatermarkStrategies.monotonous<Earthquake>().withTimestampAssigner(quake => quake.time),
  )
  .keyBy(quake => quake.place.split(', ').at(-1) ?? quake.place)
  .window(TumblingWindow.of(SIX_HOURS_MS))
  .aggregate(
    {
      createAccumulator: () => ({ count: 0, strongest: Number.NEGATIVE_INFINITY, deepestKm: Number.NEGATIVE_INFINITY }),
      add: (quake: Earthquake, sum) => ({
        count: sum.count + 1,
        strongest: Math.max(sum.strongest, quake.magnitude),
        deepestKm: Math.max(sum.deepestKm, quake.depthKm),
      }),
      getResult: sum => sum,
      merge: (a, b) => ({
        count: a.count + b.count,
        strongest: Math.max(a.strongest, b.strongest),
        deepestKm: Math.max(a.deepestKm, b.deepestKm),
      }),
    },
    (region, window, sum, out: Collector<Summary>) => {
      const from = new Date(window.start).toISOString()
      out.collect({ region, from, ...sum })
    },
  )
  .addSink(fileSink({ path: 'out/earthquakes', format: 'json' }))

export default env
