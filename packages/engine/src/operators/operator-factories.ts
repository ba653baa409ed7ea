import { WeirError } from '../base/errors.ts'
import { AggregateOperator } from './aggregate.ts'
import { AsyncMapOperator } from './async-map.ts'
import { BroadcastProcessOperator } from './broadcast-process.ts'
import { CoFlatMapOperator } from './co-flat-map.ts'
import { CoMapOperator } from './co-map.ts'
import { CoProcessOperator } from './co-process.ts'
import { FilterOperator } from './filter.ts'
import { FlatMapOperator } from './flat-map.ts'
import { IntervalJoinOperator } from './interval-join.ts'
import { KeyedBroadcastProcessOperator } from './keyed-broadcast-process.ts'
import { KeyedCoProcessOperator } from './keyed-co-process.ts'
import { KeyedProcessOperator } from './keyed-process.ts'
import { MapOperator } from './map.ts'
import type { Operator, OperatorContext, OperatorFactory } from './operator.ts'
import { ProcessOperator } from './process.ts'
import { ReduceOperator } from './reduce.ts'
import { createRunningAggregation } from './running-aggregation.ts'
import { StatefulMapOperator } from './stateful-map.ts'
import { TimestampsOperator } from './timestamps.ts'
import { createWindowOperator } from './window-factory.ts'
import { WindowJoinOperator } from './window-join.ts'

/** One factory per type in `TRANSFORM_SPECS`. */
export const TRANSFORM_FACTORIES: ReadonlyMap<string, OperatorFactory> = new Map<string, OperatorFactory>([
  ['map', context => new MapOperator(context)],
  ['filter', context => new FilterOperator(context)],
  ['flatMap', context => new FlatMapOperator(context)],
  ['reduce', context => new ReduceOperator(context)],
  ['sum', context => createRunningAggregation(context, 'sum')],
  ['count', context => createRunningAggregation(context, 'count')],
  ['avg', context => createRunningAggregation(context, 'avg')],
  ['min', context => createRunningAggregation(context, 'min')],
  ['max', context => createRunningAggregation(context, 'max')],
  ['aggregate', context => new AggregateOperator(context)],
  ['process', context => new ProcessOperator(context)],
  ['keyedProcess', context => new KeyedProcessOperator(context)],
  ['statefulMap', context => new StatefulMapOperator(context)],
  ['window', createWindowOperator],
  ['timestamps', context => new TimestampsOperator(context)],
  ['asyncMap', context => new AsyncMapOperator(context)],
  ['coMap', context => new CoMapOperator(context)],
  ['coFlatMap', context => new CoFlatMapOperator(context)],
  ['coProcess', context => new CoProcessOperator(context)],
  ['keyedCoProcess', context => new KeyedCoProcessOperator(context)],
  ['broadcastProcess', context => new BroadcastProcessOperator(context)],
  ['keyedBroadcastProcess', context => new KeyedBroadcastProcessOperator(context)],
  ['intervalJoin', context => new IntervalJoinOperator(context)],
  ['windowJoin', context => new WindowJoinOperator(context)],
  ['coGroup', context => new WindowJoinOperator(context)],
])

/** The operator of a transform's node. Sources and sinks are made from their connectors (source-operator, sink-operator). */
export function createOperator(context: OperatorContext): Operator {
  const { node } = context
  const factory = TRANSFORM_FACTORIES.get(node.type)
  if (factory !== undefined) return factory(context)
  throw new WeirError('JOB_GRAPH', `operator '${node.name}' has the type '${node.type}', which is not a transform`, {
    place: { operator: node.name },
  })
}
