import type { SinkDescriptor } from '@weir/engine/api/connectors'

/** Shows the records: in the browser, or in the answer of a local run. */
export function collectSink(): SinkDescriptor<unknown> {
  return { kind: 'sink', type: 'collect', config: {} }
}
