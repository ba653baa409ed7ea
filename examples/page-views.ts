// Page views: how often each page is viewed in 2 seconds of event time; views that come too late are shown by themselves.
// Shows: event time, windows, late records, side output

import {
  collectSink,
  datagenSource,
  OutputTag,
  StreamExecutionEnvironment,
  TumblingWindow,
  WatermarkStrategies,
} from '@weir/sdk'

interface View {
  page: string
  /** When it was viewed, in ms since the epoch: records come later than that. */
  time: number
}

const PAGES = ['/', '/shop', '/cart', '/help']
const START = Date.UTC(2026, 0, 1)

const tooLate = new OutputTag<View>('too late')

const env = new StreamExecutionEnvironment('page-views')

const counts = env
  .addSource(
    datagenSource<View>({
      rowsPerSecond: 50,
      seed: 5,
      // Up to a second late is usual; one view in forty was kept back for 20 seconds by a telephone without a network.
      generator: (index, random) => {
        const page = PAGES[Math.floor(random() ** 2 * PAGES.length)]
        const delayMs = index % 40 === 39 ? 20_000 : Math.floor(random() * 1_000)
        return { page, time: START + index * 20 - delayMs }
      },
    }),
    WatermarkStrategies.boundedOutOfOrderness<View>(1_000).withTimestampAssigner(view => view.time),
  )
  .name('views')
  .keyBy(view => view.page)
  .window(TumblingWindow.of(2_000))
  .sideOutputLateData(tooLate)
  .count()
  .name('views in 2 s')

counts
  .map(({ key, end, count }) => ({ page: key, until: new Date(end).toISOString(), views: count }))
  .addSink(collectSink())
  .name('views of each page')
counts.getSideOutput(tooLate).addSink(collectSink()).name('too late')

export default env
