import type { KeySelector } from '../graph/job-functions.ts'
import { keySelectorName } from '../graph/job-functions.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import type { KeyedSnapshotEntry, KeyedStateBackend } from '../state/keyed-state-backend.ts'
import type { TimerNamespace } from '../time/timer-queue.ts'
import type { TimerDomain, TimerService } from '../time/timer-service.ts'
import type { OperatorContext, OperatorSnapshot } from './operator.ts'
import { requireFunction } from './operator-errors.ts'

/** What keyed operators share: the key selector of an input, and how state and timers become a snapshot. */
export function keySelector(context: OperatorContext, input = 0): KeySelector {
  return requireFunction(context.functions, keySelectorName(input), context.node)
}

const TIMER_STATES: Readonly<Record<TimerDomain, string>> = {
  'event-time': 'timers/event-time',
  'processing-time': 'timers/processing-time',
}
const TIMER_DOMAINS = new Map<string, TimerDomain>([
  [TIMER_STATES['event-time'], 'event-time'],
  [TIMER_STATES['processing-time'], 'processing-time'],
])
/** All of a timer stands in its key. */
const NOTHING = new Uint8Array(0)

export function restoreKeyed(backend: KeyedStateBackend, snapshots: readonly OperatorSnapshot[]): void {
  for (const snapshot of snapshots) backend.restore(snapshot.keyed ?? [])
}

/** State, timers, and the watermark they stand at. */
export function snapshotWithTimers(backend: KeyedStateBackend, timers: TimerService<CanonicalKey>): OperatorSnapshot {
  const keyed: KeyedSnapshotEntry[] = backend.snapshot()
  for (const { domain, key, namespace, time } of timers.snapshot()) {
    keyed.push({
      keyGroup: backend.keyGroupOf(key),
      state: TIMER_STATES[domain],
      key: encodeValue([time, namespace, key]),
      value: NOTHING,
    })
  }
  return { keyed, operatorState: encodeWatermark(timers.watermark) }
}

export function restoreWithTimers(
  backend: KeyedStateBackend,
  timers: TimerService<CanonicalKey>,
  snapshots: readonly OperatorSnapshot[],
): void {
  for (const snapshot of snapshots) {
    const state: KeyedSnapshotEntry[] = []
    for (const entry of snapshot.keyed ?? []) {
      const domain = TIMER_DOMAINS.get(entry.state)
      if (domain === undefined) state.push(entry)
      else if (backend.ownsKeyGroup(entry.keyGroup)) {
        const [time, namespace, key] = decodeValue(entry.key) as [number, TimerNamespace, unknown]
        timers.restore({ domain, key, namespace, time }, canonicalKey(key))
      }
    }
    backend.restore(state)
  }
  timers.restoreWatermark(decodeWatermarks(snapshots))
}

/** Operator state of an operator whose only unkeyed state is the watermark it has reached. */
export function encodeWatermark(watermark: number): Uint8Array {
  return encodeValue({ watermark })
}

export function decodeWatermarks(snapshots: readonly OperatorSnapshot[]): number[] {
  return snapshots.flatMap(({ operatorState }) =>
    operatorState === undefined ? [] : [(decodeValue(operatorState) as { watermark: number }).watermark],
  )
}
