import { MAX_WATERMARK } from '../record/stream-element.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import type { FiredRange } from '../window/fired-groups.ts'
import type { OperatorSnapshot } from './operator.ts'

/** Operator state of windows: how far event time had come, and up to where windows have fired by key group. */
interface Progress {
  readonly watermark: number
  readonly fired?: readonly FiredRange[]
}

export function encodeProgress(progress: Progress): Uint8Array {
  return encodeValue(progress)
}

/** Of several snapshots, the lowest watermark; undefined where event time begins anew. */
export function decodeProgress(snapshots: readonly OperatorSnapshot[]): {
  readonly watermark: number | undefined
  readonly fired: readonly FiredRange[]
} {
  const all = snapshots.flatMap(({ operatorState }) =>
    operatorState === undefined ? [] : [decodeValue(operatorState) as Progress],
  )
  const watermark = Math.min(...all.map(progress => progress.watermark))
  return {
    // What was late before the restart stays late. An input that had ended and goes on begins its event time anew.
    watermark: watermark === MAX_WATERMARK ? undefined : watermark,
    fired: all.flatMap(({ fired = [] }) => fired),
  }
}
