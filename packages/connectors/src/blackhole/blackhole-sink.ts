import type { Sink } from '@weir/engine/operators/sink'
import { VisibleWriter } from '../visible-writer.ts'

export const blackholeSinkRuntime: Sink = {
  type: 'blackhole',
  createWriter: () =>
    new VisibleWriter(() => {
      // Dropped: that is what it is for.
    }),
}
