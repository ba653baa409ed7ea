import type { HarnessInput } from '../operator-harness.ts'

export type MergedStep =
  | { readonly type: 'record'; readonly value: unknown; readonly timestamp: number }
  /** The lower of both inputs' watermarks has come to `now`, or the clock has. */
  | { readonly type: 'now'; readonly now: number }

/** What one who hears two inputs in this order knows: each record, and each rise of the lower watermark. */
export function merged(steps: readonly HarnessInput[]): MergedStep[] {
  const watermarks = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let now = Number.NEGATIVE_INFINITY
  return steps.flatMap((step): MergedStep[] => {
    if (step.type === 'record') return [{ type: 'record', value: step.value, timestamp: step.timestamp ?? Number.NaN }]
    if (step.type === 'time') return [{ type: 'now', now: step.nowMs }]
    watermarks[step.input ?? 0] = step.type === 'end' ? Number.POSITIVE_INFINITY : step.watermark
    const lower = Math.min(...watermarks)
    if (lower === now) return []
    now = lower
    return [{ type: 'now', now }]
  })
}
