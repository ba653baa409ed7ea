import type { SinkDescriptor } from '@weir/engine/api/connectors'

/** Prints every record as a line `label[subtask]> record`; the label is `print` by default. */
export function printSink(label?: string): SinkDescriptor<unknown> {
  return { kind: 'sink', type: 'print', config: label === undefined ? {} : { label } }
}
