import type { Sink } from '@weir/engine/operators/sink'
import { VisibleWriter } from '../visible-writer.ts'

/** Hands every record on to whoever watches the job. */
export const collectSinkRuntime: Sink = {
  type: 'collect',
  createWriter: (_config, context) => new VisibleWriter(context.publish),
}
