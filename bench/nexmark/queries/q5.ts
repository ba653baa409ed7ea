import { type Collector, SlidingWindow, TumblingWindow } from '@weir/sdk'
import { best, CannotWin } from '../best-of-window.ts'
import { isBid, type Query } from '../query.ts'

const SIZE_MS = 10_000
const SLIDE_MS = 2_000

interface Row {
  readonly start: number
  readonly end: number
  readonly auction: number
  readonly count: number
}

const endOf = (row: Row): number => row.end
const countOf = (row: Row): number => row.count

/** The auctions with the most bids in windows of 10 s that start every 2 s, ties included. */
export const q5: Query<Row> = {
  name: 'q5',
  apply: events =>
    events
      .filter(isBid)
      .map(({ auction }) => ({ auction }))
      .keyBy(bid => bid.auction)
      .window(SlidingWindow.of({ sizeMs: SIZE_MS, slideMs: SLIDE_MS }))
      .aggregate(
        {
          createAccumulator: () => 0,
          add: (_bid, count: number) => count + 1,
          getResult: count => count,
          merge: (a, b) => a + b,
        },
        (auction, { start, end }, count, out: Collector<Row>) => out.collect({ start, end, auction, count }),
      )
      .process(new CannotWin(endOf, countOf))
      .keyBy(endOf)
      // The counts of a window carry its end - 1 as their time, so they meet in one window as long as the slide.
      .window(TumblingWindow.of(SLIDE_MS))
      .aggregate(best(countOf), (_end, _window, rows, out: Collector<Row>) => {
        for (const row of rows) out.collect(row)
      }),
  row: row => `${row.start}|${row.end}|${row.auction}|${row.count}`,
}
