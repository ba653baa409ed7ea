import type { KeySelector } from '../graph/job-functions.ts'
import { keySelectorName } from '../graph/job-functions.ts'
import type { CanonicalKey } from '../record/canonical-key.ts'
import { canonicalKey } from '../record/canonical-key.ts'
import { decodeValue, encodeValue } from '../record/value-codec.ts'
import type { ChangeSource, KeyedChange, KeyedSnapshotEntry, KeyedStateBackend } from '../state/keyed-state-backend.ts'
import type { Timer, TimerNamespace } from '../time/timer-queue.ts'
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

/** Timers as keyed state that goes into segments. */
class TimersInSegments implements ChangeSource {
  readonly #backend: KeyedStateBackend
  readonly #timers: TimerService<CanonicalKey>

  constructor(backend: KeyedStateBackend, timers: TimerService<CanonicalKey>) {
    this.#backend = backend
    this.#timers = timers
  }

  begin(): void {
    this.#timers.beginChanges()
  }

  freeze(all: boolean): Iterable<KeyedChange> {
    return this.#changes(this.#timers.freezeChanges(all))
  }

  *#changes(frozen: ReturnType<TimerService<CanonicalKey>['freezeChanges']>): Generator<KeyedChange, void, void> {
    for (const { domain, changes } of frozen) {
      for (const timer of changes.removed) yield this.#change(domain, timer, undefined)
      for (const timer of changes.added) yield this.#change(domain, timer, NOTHING)
    }
  }

  #change(
    domain: TimerDomain,
    { time, namespace, key }: Timer<CanonicalKey>,
    value: Uint8Array | undefined,
  ): KeyedChange {
    return {
      state: TIMER_STATES[domain],
      keyGroup: this.#backend.keyGroupOf(key),
      key: encodeValue([time, namespace, key]),
      value,
    }
  }
}

/** Those whose timers go into segments. */
const inSegments = new WeakSet<TimerService<CanonicalKey>>()

function putIntoSegments(backend: KeyedStateBackend, timers: TimerService<CanonicalKey>): void {
  if (inSegments.has(timers)) return
  inSegments.add(timers)
  backend.addSource(new TimersInSegments(backend, timers))
}

/** State, timers, and the watermark they stand at. Where state goes into segments, these take up all but the watermark. */
export function snapshotWithTimers(backend: KeyedStateBackend, timers: TimerService<CanonicalKey>): OperatorSnapshot {
  if (backend.inSegments) {
    putIntoSegments(backend, timers)
    return { operatorState: encodeWatermark(timers.watermark) }
  }
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
  if (backend.inSegments) {
    for (const [state, domain] of TIMER_DOMAINS) {
      for (const entry of backend.takeRestored(state)) {
        const [time, namespace, key] = decodeValue(entry.key) as [number, TimerNamespace, unknown]
        timers.restore({ domain, key, namespace, time }, canonicalKey(key))
      }
    }
    putIntoSegments(backend, timers)
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
