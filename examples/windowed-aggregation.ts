// Windowed aggregation: mean, lowest and highest value of each sensor over the last 30 seconds, every 10 seconds.
// Shows: event time, sliding windows, aggregate

import {
  type Collector,
  collectSink,
  datagenSource,
  SlidingWindow,
  StreamExecutionEnvironment,
  WatermarkStrategies,
} from '@weir/sdk'

interface Reading {
  sensor: string
  value: number
  /** ms since the epoch. */
  time: number
}

interface Summary {
  sensor: string
  from: string
  to: string
  readings: number
  mean: number
  lowest: number
  highest: number
}

const SENSORS = 6
const START = Date.UTC(2026, 0, 1)

const env = new StreamExecutionEnvironment('windowed-aggregation')

env
  .addSource(
    datagenSource<Reading>({
      rowsPerSecond: 100,
      seed: 11,
      // Ten seconds of event time go by in each second; readings come up to 2 seconds out of order.
      generator: (index, random) => {
        const sensor = index % SENSORS
        const time = START + index * 100 - Math.floor(random() * 2_000)
        const wave = Math.sin((index / 3_000 + sensor / SENSORS) * 2 * Math.PI)
        return { sensor: `sensor ${sensor + 1}`, value: Math.round(500 + 300 * wave + 200 * random()) / 10, time }
      },
    }),
    WatermarkStrategies.boundedOutOfOrderness<Reading>(2_000).withTimestampAssigner(reading => reading.time),
  )
  .name('readings')
  .keyBy(reading => reading.sensor)
  .window(SlidingWindow.of({ sizeMs: 30_000, slideMs: 10_000 }))
  .aggregate(
    {
      createAccumulator: () => ({ count: 0, sum: 0, lowest: Infinity, highest: -Infinity }),
      add: ({ value }: Reading, all) => ({
        count: all.count + 1,
        sum: all.sum + value,
        lowest: Math.min(all.lowest, value),
        highest: Math.max(all.highest, value),
      }),
      getResult: all => all,
      // A reading is in three windows, but added up once: windows share the sums of 10 seconds, which are merged here.
      merge: (a, b) => ({
        count: a.count + b.count,
        sum: a.sum + b.sum,
        lowest: Math.min(a.lowest, b.lowest),
        highest: Math.max(a.highest, b.highest),
      }),
    },
    (sensor, window, { count, sum, lowest, highest }, out: Collector<Summary>) =>
      out.collect({
        sensor,
        from: new Date(window.start).toISOString(),
        to: new Date(window.end).toISOString(),
        readings: count,
        mean: Math.round((sum / count) * 10) / 10,
        lowest,
        highest,
      }),
  )
  .name('last 30 s')
  .addSink(collectSink())
  .name('summaries')

export default env
