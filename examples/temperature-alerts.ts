// Temperature alerts: the mean temperature of eight machines in windows of 2 seconds, shown when it is above 80 °C.
// Shows: event time, windows, aggregate, filter

import {
  type Collector,
  collectSink,
  datagenSource,
  StreamExecutionEnvironment,
  TumblingWindow,
  WatermarkStrategies,
} from '@weir/sdk'

interface Reading {
  machine: string
  celsius: number
  /** ms since the epoch. */
  time: number
}

interface Mean {
  machine: string
  until: string
  celsius: number
}

const MACHINES = 8
const START = Date.UTC(2026, 0, 1)

const env = new StreamExecutionEnvironment('temperature-alerts')

env
  .addSource(
    datagenSource<Reading>({
      rowsPerSecond: 80,
      seed: 1,
      // Every machine warms up and cools down once a minute, one after the other.
      generator: (index, random) => {
        const machine = index % MACHINES
        const time = START + Math.floor(index * 12.5)
        const wave = Math.sin((time / 60_000 + machine / MACHINES) * 2 * Math.PI)
        return { machine: `machine ${machine + 1}`, celsius: 68 + 15 * wave + 4 * random(), time }
      },
    }),
    WatermarkStrategies.monotonous<Reading>().withTimestampAssigner(reading => reading.time),
  )
  .name('readings')
  .keyBy(reading => reading.machine)
  .window(TumblingWindow.of(2_000))
  .aggregate(
    {
      createAccumulator: () => ({ sum: 0, count: 0 }),
      add: (reading: Reading, mean) => ({ sum: mean.sum + reading.celsius, count: mean.count + 1 }),
      getResult: mean => mean.sum / mean.count,
      merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    },
    (machine, window, mean, out: Collector<Mean>) =>
      out.collect({ machine, until: new Date(window.end).toISOString(), celsius: Math.round(mean * 10) / 10 }),
  )
  .name('mean of 2 s')
  .filter(mean => mean.celsius > 80)
  .name('too hot')
  .addSink(collectSink())
  .name('alerts')

export default env
