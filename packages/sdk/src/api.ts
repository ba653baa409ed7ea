/** The API of jobs, in full: pure, so that it runs wherever a job's module is evaluated. */
export {
  blackholeSink,
  type CsvOptions,
  type CsvSchema,
  type CsvSinkOptions,
  type CustomSinkContext,
  type CustomSinkOptions,
  type CustomSinkWriter,
  type CustomSourceContext,
  type CustomSourceOptions,
  type CustomSourceOutput,
  type CustomSplit,
  type CustomSplitReader,
  collectSink,
  customSink,
  customSource,
  type DatagenField,
  type DatagenFields,
  type DatagenGenerator,
  type DatagenRandom,
  datagenSource,
  fileSink,
  fileSource,
  type JsonOptions,
  type JsonSinkOptions,
  type LinesOptions,
  type LinesSinkOptions,
  type OnError,
  printSink,
} from '@weir/connectors/index'
export type { AsyncMapOptions, AsyncMapRetries } from '@weir/engine/api/async-map-options'
export {
  BroadcastConnectedStream,
  type BroadcastStateDescriptor,
  BroadcastStream,
  ConnectedStreams,
  KeyedBroadcastConnectedStream,
  KeyedConnectedStreams,
} from '@weir/engine/api/connected-streams'
export type { SinkDescriptor, SourceDescriptor } from '@weir/engine/api/connectors'
export { DataStream, OperatorStream, SinkOperator } from '@weir/engine/api/data-stream'
export {
  CountEvictor,
  DeltaEvictor,
  type EvictorOptions,
  TimeEvictor,
  type WindowEvictor,
} from '@weir/engine/api/evictors'
export type { JobExecutionResult } from '@weir/engine/api/host-hooks'
export { IntervalJoin, IntervalJoined } from '@weir/engine/api/interval-joined'
export {
  CoGroupedStreams,
  JoinedStreams,
  JoinKeyed,
  JoinWhere,
  WindowCoGroup,
  WindowJoin,
} from '@weir/engine/api/joined-streams'
export { KeyedStream } from '@weir/engine/api/keyed-stream'
export {
  type ExponentialDelayOptions,
  exponentialDelay,
  type FailureRateOptions,
  failureRate,
  fixedDelay,
  noRestart,
} from '@weir/engine/api/restart-strategies'
export { OutputTag } from '@weir/engine/api/side-output'
export {
  type CheckpointingOptions,
  type EnvironmentOptions,
  type StateBackend,
  StreamExecutionEnvironment,
} from '@weir/engine/api/stream-environment'
export {
  ContinuousEventTimeTrigger,
  ContinuousProcessingTimeTrigger,
  CountTrigger,
  EventTimeTrigger,
  ProcessingTimeTrigger,
  PurgingTrigger,
  type WindowTrigger,
} from '@weir/engine/api/triggers'
export { WatermarkStrategies, WatermarkStrategy } from '@weir/engine/api/watermark-strategies'
export {
  GlobalWindow,
  SessionWindow,
  type SessionWindowOptions,
  SlidingWindow,
  type SlidingWindowOptions,
  TumblingWindow,
  type WindowAssigner,
} from '@weir/engine/api/window-assigners'
export { type KeyedWindow, WindowedStream } from '@weir/engine/api/windowed-stream'
export { WeirError } from '@weir/engine/base/errors'
export type { Aggregator, ReduceFunction } from '@weir/engine/functions/aggregator'
export {
  type BroadcastContext,
  BroadcastProcessFunction,
  type BroadcastState,
  type KeyedBroadcastContext,
  KeyedBroadcastProcessFunction,
  type KeyedReadOnlyBroadcastContext,
  type OnTimerBroadcastContext,
  type ReadOnlyBroadcastContext,
  type ReadOnlyBroadcastState,
} from '@weir/engine/functions/broadcast-process-function'
export { CoProcessFunction, KeyedCoProcessFunction } from '@weir/engine/functions/co-process-function'
export type { Collector } from '@weir/engine/functions/collector'
export type { DeltaFunction, Evictor, EvictorContext, TimestampedValue } from '@weir/engine/functions/evictor'
export {
  type CoGroupFunction,
  type IntervalJoinContext,
  type JoinFunction,
  type ProcessJoinElement,
  ProcessJoinFunction,
} from '@weir/engine/functions/join-function'
export {
  type Context,
  type KeyedProcessElement,
  KeyedProcessFunction,
  type OnTimerContext,
  type ProcessContext,
  type ProcessElement,
  ProcessFunction,
  type RuntimeContext,
  type TimerServiceApi,
} from '@weir/engine/functions/process-function'
export type { AggregatingState, ListState, MapState, ReducingState, ValueState } from '@weir/engine/functions/state'
export {
  type AggregatingStateDescriptor,
  aggregatingState,
  type ListStateDescriptor,
  listState,
  type MapStateDescriptor,
  mapState,
  type ReducingStateDescriptor,
  reducingState,
  type StateOptions,
  type ValueStateDescriptor,
  valueState,
} from '@weir/engine/functions/state-descriptors'
export type { StatefulMapFunction } from '@weir/engine/functions/stateful-map'
export {
  type OnMergeContext,
  type Trigger,
  type TriggerContext,
  TriggerResult,
} from '@weir/engine/functions/trigger'
export type { TimestampAssigner, WatermarkGenerator } from '@weir/engine/functions/watermark-generator'
export type { TimeWindow, WindowFunction } from '@weir/engine/functions/window-function'
export type { RestartStrategy } from '@weir/engine/graph/job-graph'
