// Visits: the clicks of each visitor as visits, which end when nothing has been clicked for 30 seconds.
// Shows: event time, session windows, window function

import {
  type Collector,
  collectSink,
  datagenSource,
  SessionWindow,
  StreamExecutionEnvironment,
  WatermarkStrategies,
} from '@weir/sdk'

interface Click {
  visitor: string
  page: string
  /** ms since the epoch. */
  time: number
}

interface Visit {
  visitor: string
  from: string
  seconds: number
  clicks: number
  entry: string
  exit: string
}

const GAP_MS = 30_000
const PAGES = ['/', '/shop', '/cart', '/pay', '/help']
const VISITORS = 40
const START = Date.UTC(2026, 0, 1)

const env = new StreamExecutionEnvironment('visits')

env
  .addSource(
    datagenSource<Click>({
      rowsPerSecond: 50,
      seed: 19,
      // Ten seconds of event time go by in each second. A few visitors at a time are there, and others after them.
      generator: (index, random) => {
        const group = Math.floor(index / 400)
        const visitor = (group * 7 + Math.floor(random() ** 2 * 10)) % VISITORS
        const time = START + index * 200 - Math.floor(random() * 3_000)
        return { visitor: `visitor ${visitor + 1}`, page: PAGES[Math.floor(random() * PAGES.length)], time }
      },
    }),
    WatermarkStrategies.boundedOutOfOrderness<Click>(3_000).withTimestampAssigner(click => click.time),
  )
  .name('clicks')
  .keyBy(click => click.visitor)
  .window(SessionWindow.of({ gapMs: GAP_MS }))
  .process((visitor, window, clicks, out: Collector<Visit>) => {
    // Clicks come in the order of their arrival, which is not that of their times.
    const inOrder = clicks.toSorted((a, b) => a.time - b.time)
    out.collect({
      visitor,
      from: new Date(window.start).toISOString(),
      seconds: (window.end - GAP_MS - window.start) / 1_000,
      clicks: clicks.length,
      entry: inOrder[0].page,
      exit: inOrder[inOrder.length - 1].page,
    })
  })
  .name('visits')
  .addSink(collectSink())
  .name('ended visits')

export default env
