import { customSink, type SinkDescriptor } from '@weir/sdk'
import { now } from './clock.ts'
import { Histogram } from './histogram.ts'
import { passes, type Schedule } from './schedule.ts'

export interface LatencySinkOptions {
  readonly schedule: Schedule
  /** Only windows that end after `from` and up to `to` count, in ms since the epoch. */
  readonly from: number
  readonly to: number
}

/**
 * The time of each row from the moment at which the record was due that let the watermark pass its window's end. Publishes
 * the histogram of its subtask.
 */
export function latencySink({ schedule, from, to }: LatencySinkOptions): SinkDescriptor<{ readonly end: number }> {
  return customSink<{ readonly end: number }>({
    open: ({ publish }) => {
      const histogram = new Histogram()
      return {
        write({ end }) {
          if (end > from && end <= to) histogram.add(now() - passes(schedule, end))
        },
        flush() {
          publish(histogram.toJson())
        },
      }
    },
  })
}
