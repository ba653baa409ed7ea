// Trending pages: clicks per page and minute, and the pages that have at least twice as many as the minute before.
// Shows: event time, windows, state, side output

import {
  type Collector,
  type Context,
  collectSink,
  datagenSource,
  KeyedProcessFunction,
  OutputTag,
  type RuntimeContext,
  StreamExecutionEnvironment,
  TumblingWindow,
  type ValueState,
  valueState,
  WatermarkStrategies,
} from '@weir/sdk'

interface Click {
  page: string
  /** ms since the epoch. */
  time: number
}

interface Minute {
  page: string
  /** ms since the epoch. */
  start: number
  clicks: number
}

interface Trend {
  page: string
  minute: string
  clicks: number
  before: number
}

const MINUTE_MS = 60_000
const PAGES = ['/', '/news', '/sport', '/weather', '/recipes', '/jobs', '/travel', '/about']
const START = Date.UTC(2026, 0, 1)

const trending = new OutputTag<Trend>('trending')

/** Compares each minute of a page with the one before; a page that nobody clicked had none. */
class Trends extends KeyedProcessFunction<string, Minute, Trend> {
  private last!: ValueState<Minute>

  override open(context: RuntimeContext): void {
    this.last = context.getState(valueState<Minute>('last minute'))
  }

  processElement(minute: Minute, context: Context<string>, out: Collector<Trend>): void {
    const last = this.last.value()
    const before = last !== undefined && last.start === minute.start - MINUTE_MS ? last.clicks : 0
    const { page, start, clicks } = minute
    const trend = { page, minute: new Date(start).toISOString(), clicks, before }
    out.collect(trend)
    if (last !== undefined && clicks >= 20 && clicks >= 2 * before) context.output(trending, trend)
    this.last.update(minute)
  }
}

const env = new StreamExecutionEnvironment('trending-pages')

const trends = env
  .addSource(
    datagenSource<Click>({
      rowsPerSecond: 100,
      seed: 17,
      // A minute of event time goes by in every 3 seconds. Every two minutes another page gets much of the attention.
      generator: (index, random) => {
        const favourite = Math.floor(index / 600) % PAGES.length
        const page = random() < 0.4 ? favourite : Math.floor(random() ** 2 * PAGES.length)
        return { page: PAGES[page], time: START + index * 200 - Math.floor(random() * 5_000) }
      },
    }),
    WatermarkStrategies.boundedOutOfOrderness<Click>(5_000).withTimestampAssigner(click => click.time),
  )
  .name('clicks')
  .keyBy(click => click.page)
  .window(TumblingWindow.of(MINUTE_MS))
  .count()
  .name('clicks in a minute')
  .map(({ key, start, count }): Minute => ({ page: key, start, clicks: count }))
  .keyBy(minute => minute.page)
  .process(new Trends())
  .name('compare')

trends.addSink(collectSink()).name('clicks of each page')
trends.getSideOutput(trending).addSink(collectSink()).name('trending')

export default env
