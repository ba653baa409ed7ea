import type { SinkDescriptor } from '@weir/engine/api/connectors'

/** Takes every record and drops it: for measuring what comes before it. */
export function blackholeSink(): SinkDescriptor<unknown> {
  return { kind: 'sink', type: 'blackhole', config: {} }
}
