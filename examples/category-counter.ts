// Category counter: how many products of each category are sold in every 30 seconds.
// Shows: event time, windows, count

import { collectSink, datagenSource, StreamExecutionEnvironment, TumblingWindow, WatermarkStrategies } from '@weir/sdk'

interface Sale {
  product: string
  category: string
  /** ms since the epoch. */
  time: number
}

const CATEGORIES = ['books', 'garden', 'kitchen', 'music', 'toys']
const START = Date.UTC(2026, 0, 1)

const env = new StreamExecutionEnvironment('category-counter')

env
  .addSource(
    datagenSource<Sale>({
      rowsPerSecond: 60,
      seed: 13,
      // Ten seconds of event time go by in each second. What sells best changes every minute.
      generator: (index, random) => {
        const favourite = Math.floor(index / 360)
        const category = CATEGORIES[(favourite + Math.floor(random() ** 2 * CATEGORIES.length)) % CATEGORIES.length]
        return {
          product: `${category} ${Math.floor(random() * 100)}`,
          category,
          time: START + Math.floor(index * 166.7),
        }
      },
    }),
    WatermarkStrategies.monotonous<Sale>().withTimestampAssigner(sale => sale.time),
  )
  .name('sales')
  .keyBy(sale => sale.category)
  .window(TumblingWindow.of(30_000))
  .count()
  .name('count in 30 s')
  .map(({ key, end, count }) => ({ category: key, until: new Date(end).toISOString(), sold: count }))
  .addSink(collectSink())
  .name('sold')

export default env
