import { StreamExecutionEnvironment, TumblingWindow, WatermarkStrategies } from '@weir/sdk'
import { type LatencySinkOptions, latencySink } from './latency-sink.ts'
import { type PacedSourceOptions, pacedBids } from './paced-source.ts'
import { WINDOW_MS } from './schedule.ts'

export interface LatencyJobOptions extends LatencySinkOptions {
  readonly source: PacedSourceOptions
}

/** How many bids each bidder makes in 100 ms, and how long after the end of them that is known. */
export function latencyJob(options: LatencyJobOptions): StreamExecutionEnvironment {
  const env = new StreamExecutionEnvironment('latency')
  env.setParallelism(options.schedule.parallelism)
  env
    .addSource(pacedBids(options.source), WatermarkStrategies.monotonous())
    .keyBy(bid => bid.bidder)
    .window(TumblingWindow.of(WINDOW_MS))
    .count()
    .addSink(latencySink(options))
  return env
}
