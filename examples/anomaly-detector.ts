// Anomaly detector: an alert for every reading above 100.0, as soon as it comes.
// Shows: flatMap, alerts

import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

interface Reading {
  sensor: string
  value: number
}

interface Alert extends Reading {
  alert: 'HIGH_VALUE'
  above: number
}

const LIMIT = 100.0

const env = new StreamExecutionEnvironment('anomaly-detector')

env
  .addSource(
    datagenSource<Reading>({
      rowsPerSecond: 50,
      seed: 9,
      generator: (index, random) => ({
        sensor: `sensor ${1 + (index % 5)}`,
        // Around 70, with a peak now and then.
        value: Math.round((60 + 20 * random() + (random() < 0.05 ? 60 * random() : 0)) * 10) / 10,
      }),
    }),
  )
  .name('readings')
  .flatMap((reading): Alert[] =>
    reading.value > LIMIT
      ? [{ ...reading, alert: 'HIGH_VALUE', above: Math.round((reading.value - LIMIT) * 10) / 10 }]
      : [],
  )
  .name('high values')
  .addSink(collectSink())
  .name('alerts')

export default env
