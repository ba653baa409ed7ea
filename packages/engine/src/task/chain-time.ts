import { assert } from '../base/assert.ts'
import type { RecordWriter } from '../network/record-writer.ts'
import { type FlowControl, isWatermarking, type WatermarkingOperator } from '../operators/operator.ts'
import { MAX_WATERMARK, MIN_WATERMARK } from '../record/stream-element.ts'
import { type ChainedOperator, PROBE_OPERATOR, type Probe } from './chain-plan.ts'

/**
 * A part of a chain in which one event time holds: what the subtask's input says (or its source), up to the next operator
 * that makes watermarks of its own, behind which another part begins.
 */
interface TimeDomain {
  /** Makes this part's watermarks; undefined: they come with the input. */
  readonly origin: WatermarkingOperator | undefined
  /** Place of its maker in the chain; -1 where there is none. */
  readonly originIndex: number
  /** The part before it; undefined for the first. */
  readonly before: number | undefined
  /** Operators of this part in the order of the chain. One that makes watermarks is the last that hears those from before it. */
  readonly operators: readonly ChainedOperator[]
  readonly writers: readonly RecordWriter[]
  /** The watermark to reach, the one that all operators have reached, and how many have reached the target. */
  target: number
  reached: number
  operatorsReached: number
  idle: boolean
}

/** Carries watermarks, idleness and processing time through one chain, and stops and resumes where outputs are full. */
export class ChainTime {
  readonly #probe: Probe
  readonly #flow: FlowControl
  readonly #domains: readonly TimeDomain[]
  readonly #timed: readonly ChainedOperator[]
  /** How often `periodicEmit` wants to be called; Infinity: never. */
  readonly emissionIntervalMs: number
  /** Where firing of processing-time timers goes on; undefined when it is not under way. */
  #firing: { nowMs: number; next: number } | undefined

  /** `isSource`: the head of the chain is a source, whose watermarks hold from itself on. */
  constructor(chain: readonly ChainedOperator[], probe: Probe, flow: FlowControl, isSource: boolean) {
    this.#probe = probe
    this.#flow = flow
    this.#domains = domainsOf(chain, isSource)
    this.#timed = chain.filter(chained => chained.operator.processProcessingTime !== undefined)
    this.emissionIntervalMs = Math.min(
      ...this.#domains.map(domain => domain.origin?.watermarkIntervalMs ?? Number.POSITIVE_INFINITY),
    )
  }

  /** Event time at the head of the chain; for metrics. */
  get watermark(): number {
    return this.#domains[0].reached
  }

  /** The merged watermark of the input. Never lower than before. */
  inputWatermark(watermark: number): void {
    const domain = this.#domains[0]
    if (watermark > domain.target) domain.target = watermark
  }

  inputIdle(idle: boolean): void {
    const [first] = this.#domains
    if (first.idle === idle) return
    this.#setIdle(first, idle)
    if (this.#domains.length > 1) this.collectWatermarks()
  }

  /** Asks the operators that make watermarks, whether there is a new one. */
  collectWatermarks(): void {
    for (const domain of this.#domains) {
      if (domain.origin === undefined) continue
      if (domain.before !== undefined) domain.origin.onInputIdle?.(this.#domains[domain.before].idle)
      this.#setIdle(domain, domain.origin.isIdle())
      const watermark = domain.origin.currentWatermark()
      if (watermark > domain.target) domain.target = watermark
    }
  }

  periodicEmit(): void {
    for (const domain of this.#domains) domain.origin?.onPeriodicEmit()
    this.collectWatermarks()
  }

  /** Whether watermarks or due timers are still on their way through the chain. */
  get isPending(): boolean {
    return this.#firing !== undefined || this.#domains.some(domain => domain.target > domain.reached)
  }

  /** Fires what is due. True when all is through, false when outputs are full. */
  advance(): boolean {
    if (!this.#advanceProcessingTime()) return false
    for (const domain of this.#domains) {
      if (!this.#advanceDomain(domain)) return false
      if (this.#domains.length > 1) this.collectWatermarks()
    }
    return true
  }

  /** A watermark of the operator at this place goes on behind it. False when outputs are full before it is through. */
  passWatermark(origin: number, watermark: number): boolean {
    const domain = this.#domains.find(({ originIndex }) => originIndex === origin)
    assert(domain !== undefined, 'an operator passed a watermark on that makes none')
    if (watermark > domain.target) domain.target = watermark
    const running = this.#probe[PROBE_OPERATOR]
    const through = this.#advanceDomain(domain)
    this.#probe[PROBE_OPERATOR] = running
    return through
  }

  #advanceDomain(domain: TimeDomain): boolean {
    while (domain.target > domain.reached) {
      const target = domain.target
      while (domain.operatorsReached < domain.operators.length) {
        const chained = domain.operators[domain.operatorsReached]
        this.#probe[PROBE_OPERATOR] = chained.probeId
        if (chained.operator.processWatermark !== undefined && !chained.operator.processWatermark(target)) return false
        domain.operatorsReached++
        // The last result may have made an operator further down keep some: the watermark must not overtake these.
        if (this.#flow.blocked) return false
      }
      domain.operatorsReached = 0
      domain.reached = target
      for (const writer of domain.writers) writer.event({ type: 'watermark', watermark: target })
    }
    return true
  }

  nextProcessingTime(): number {
    let next = Number.POSITIVE_INFINITY
    for (const chained of this.#timed) next = Math.min(next, chained.operator.nextProcessingTime?.() ?? next)
    return next
  }

  fireProcessingTime(nowMs: number): void {
    this.#firing = { nowMs, next: 0 }
  }

  get isAtEnd(): boolean {
    return this.#domains.every(domain => domain.reached === MAX_WATERMARK)
  }

  #advanceProcessingTime(): boolean {
    const firing = this.#firing
    if (firing === undefined) return true
    for (; firing.next < this.#timed.length; firing.next++) {
      const chained = this.#timed[firing.next]
      this.#probe[PROBE_OPERATOR] = chained.probeId
      if (chained.operator.processProcessingTime?.(firing.nowMs) === false) return false
      if (!this.#flow.blocked) continue
      firing.next++
      return false
    }
    this.#firing = undefined
    return true
  }

  #setIdle(domain: TimeDomain, idle: boolean): void {
    if (domain.idle === idle) return
    domain.idle = idle
    for (const writer of domain.writers) writer.event({ type: idle ? 'idle' : 'active' })
  }
}

function domainsOf(chain: readonly ChainedOperator[], isSource: boolean): TimeDomain[] {
  const domains: { origin: number; before?: number; members: number[] }[] = [{ origin: -1, members: [] }]
  const domainOf = new Map<number, number>()
  const visit = (index: number, domain: number): void => {
    domains[domain].members.push(index)
    let below = domain
    if (isWatermarking(chain[index].operator)) {
      if (index === 0 && isSource) {
        domains[0].origin = 0
      } else {
        below = domains.push({ origin: index, before: domain, members: [] }) - 1
      }
    }
    domainOf.set(index, below)
    const chained = chain[index]
    for (const targets of [chained.main, ...chained.sides.values()]) {
      for (const next of targets.operators) visit(next, below)
    }
  }
  visit(0, 0)
  return domains.map((domain, number) => ({
    origin: domain.origin >= 0 ? (chain[domain.origin].operator as WatermarkingOperator) : undefined,
    originIndex: domain.origin,
    before: domain.before,
    operators: domain.members.sort((a, b) => a - b).map(index => chain[index]),
    writers: chain.flatMap((chained, index) =>
      domainOf.get(index) === number
        ? [chained.main, ...chained.sides.values()].flatMap(targets => targets.writers)
        : [],
    ),
    target: MIN_WATERMARK,
    reached: MIN_WATERMARK,
    operatorsReached: 0,
    idle: false,
  }))
}
