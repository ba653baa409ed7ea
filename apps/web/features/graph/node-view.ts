import type { SourceProblem } from '@weir/proto/web/drafts'
import type { JobDoc, LoadDoc, VertexDoc } from '@weir/proto/web/job-doc'
import type { OperatorView } from '@weir/proto/web/pipeline'
import { eventTimeOf, shortEventTime } from '../../lib/event-time.ts'
import { formatDuration, formatInteger, formatRate, percentOf, UNKNOWN } from '../../lib/format.ts'

export type TagKind = 'bottleneck' | 'skew' | 'warn' | 'error' | 'info' | 'quiet'

/** A badge on the upper edge of a card. `hint` says more on hover and to screen readers. */
export interface NodeTag {
  readonly kind: TagKind
  readonly text: string
  readonly hint: string
}

/** How a card looks apart from its figures. */
export type NodeState = 'plain' | 'unknown' | 'failed' | 'ended'

/** Everything that a card shows beside its operator. Texts are final: equal texts are an equal picture. */
export interface NodeView {
  readonly state: NodeState
  readonly tags: readonly NodeTag[]
  /** Null in design mode. */
  readonly live: NodeFigures | null
  /** What a screen reader says after the name: the figures in words. */
  readonly words: string
}

export interface NodeFigures {
  /** `18.4 k/s`; `done`, `canceled`, `stopped`, `failed` when it has ended; "—" when unknown. */
  readonly rate: string
  readonly lag: string
  /** `lag` is the event time itself, since the data is old: `01-01 00:00:25`. */
  readonly atEventTime: boolean
  /**
   * Whole percent, null when unknown. Operators of one chain share one thread: its load stands on the chain's head,
   * and the others name it in `chainedTo`.
   */
  readonly busy: number | null
  readonly backpressure: number | null
  readonly chainedTo: string | null
  /** Records in all, in place of the load, once the operator has ended. */
  readonly total: string | null
}

/** State, worst badge and busy in steps of a tenth (empty when unknown), parted by spaces: all that is seen from far. */
export function farLook({ state, tags, live }: NodeView): string {
  const busy = live?.busy ?? null
  return `${state} ${tags[0]?.kind ?? 'none'} ${busy === null ? '' : Math.ceil(busy / 10) * 10}`
}

/** A card while the pipeline is written: its worst problem is its badge. */
export function designView(operator: OperatorView, problems: readonly SourceProblem[]): NodeView {
  const own = problems.filter(problem => problem.operator === operator.uid)
  const worst = own.find(({ severity }) => severity === 'error') ?? own.find(({ severity }) => severity === 'warning')
  const shown = worst ?? own[0]
  const tags = shown === undefined ? [] : [problemTag(shown, own.length)]
  return {
    state: worst?.severity === 'error' ? 'failed' : 'plain',
    tags,
    live: null,
    words: [operator.detail, ...tags.map(({ hint }) => hint)].filter(text => text !== '').join(', '),
  }
}

function problemTag(problem: SourceProblem, count: number): NodeTag {
  const place =
    problem.line === null
      ? { error: 'error', warning: 'warning', info: 'note' }[problem.severity]
      : `line ${problem.line}`
  const kind = { error: 'error', warning: 'warn', info: 'info' } as const
  return {
    kind: kind[problem.severity],
    text: count > 1 ? `${place} +${count - 1}` : place,
    hint: `${problem.severity}: ${problem.message}`,
  }
}

/** A card of a job, from what the job says of it now. `headName`: name of its chain's head. */
export function liveView(operator: OperatorView, headName: string, doc: JobDoc): NodeView {
  const vertex = doc.vertices[operator.vertexId]
  const isHead = operator.uid === operator.vertexId
  const state = stateOf(operator, vertex, doc)
  const tags = tagsOf(operator, vertex, doc, state)
  const live = figuresOf(operator, headName, vertex, doc, state)
  return { state, tags, live, words: wordsOf(live, tags, isHead ? headName : null) }
}

function stateOf(operator: OperatorView, vertex: VertexDoc | undefined, doc: JobDoc): NodeState {
  const blamed = doc.verdict.operator === operator.uid
  if (blamed && (doc.verdict.kind === 'failed' || doc.verdict.kind === 'failing')) return 'failed'
  if (vertex === undefined) return 'unknown'
  // Whom the verdict blames has failed; the others of its chain, and other vertices, were ended along with it.
  if (vertex.status === 'FAILED') {
    return doc.verdict.operator === null && operator.uid === operator.vertexId ? 'failed' : 'ended'
  }
  if (vertex.status === 'FINISHED' || vertex.status === 'CANCELED') return 'ended'
  return vertex.status === 'RUNNING' ? 'plain' : 'unknown'
}

function tagsOf(operator: OperatorView, vertex: VertexDoc | undefined, doc: JobDoc, state: NodeState): NodeTag[] {
  const tags: NodeTag[] = []
  const isHead = operator.uid === operator.vertexId
  const { verdict } = doc
  if (state === 'failed') tags.push(failedTag(vertex, verdict.text))
  else if (verdict.operator === operator.uid) tags.push(...blameTag(verdict.kind, verdict.text))
  if (vertex !== undefined && isHead) {
    if (vertex.noProgress && verdict.kind !== 'no-progress') {
      tags.push({ kind: 'warn', text: 'no progress', hint: 'a subtask does not return from a function of the job' })
    }
    if (vertex.skew !== null) {
      const factor = vertex.skew >= 10 ? Math.round(vertex.skew) : vertex.skew.toFixed(1)
      tags.push({ kind: 'skew', text: `skew ${factor}×`, hint: skewWords(vertex, String(factor)) })
    }
    if (state !== 'failed' && state !== 'ended') tags.push(...statusTag(vertex, doc))
  }
  const late = doc.operators[operator.uid]?.lateRecords ?? 0
  if (late > 0) {
    tags.push({
      kind: 'info',
      text: `${formatInteger(late)} late`,
      hint: `${formatInteger(late)} records came too late`,
    })
  }
  return tags
}

function failedTag(vertex: VertexDoc | undefined, sentence: string): NodeTag {
  const failed = Object.values(vertex?.subtasks ?? {}).filter(({ status }) => status === 'FAILED')
  return { kind: 'error', text: failed.length === 1 ? `failed: subtask ${failed[0]!.index}` : 'failed', hint: sentence }
}

function blameTag(kind: JobDoc['verdict']['kind'], sentence: string): NodeTag[] {
  if (kind === 'bottleneck') return [{ kind: 'bottleneck', text: 'bottleneck', hint: sentence }]
  if (kind === 'no-progress') return [{ kind: 'warn', text: 'no progress', hint: sentence }]
  if (kind === 'source-is-limit') return [{ kind: 'info', text: 'the limit', hint: sentence }]
  if (kind === 'no-input') return [{ kind: 'info', text: 'no input', hint: sentence }]
  if (kind === 'restarting') return [{ kind: 'warn', text: 'failed before', hint: sentence }]
  return []
}

function statusTag(vertex: VertexDoc, doc: JobDoc): NodeTag[] {
  if (doc.restarting) return [{ kind: 'warn', text: 'restarting', hint: 'waits to be started again' }]
  if (vertex.status === 'CREATED' && doc.status === 'CREATED') {
    return [{ kind: 'warn', text: 'waiting', hint: 'waits for slots' }]
  }
  return vertex.status === 'DEPLOYING'
    ? [{ kind: 'quiet', text: 'starting', hint: 'its threads are being started' }]
    : []
}

function skewWords(vertex: VertexDoc, factor: string): string {
  const busiest = Object.values(vertex.subtasks).reduce<{ index: number; rate: number } | null>((most, subtask) => {
    const rate = subtask.recordsInPerSecond ?? subtask.recordsOutPerSecond ?? 0
    return most === null || rate > most.rate ? { index: subtask.index, rate } : most
  }, null)
  return `subtask ${busiest?.index ?? ''} does ${factor} times the median of the others`
}

function figuresOf(
  operator: OperatorView,
  headName: string,
  vertex: VertexDoc | undefined,
  doc: JobDoc,
  state: NodeState,
): NodeFigures {
  const own = doc.operators[operator.uid]
  const isHead = operator.uid === operator.vertexId
  const load = state === 'unknown' || vertex === undefined ? null : vertex
  const source = operator.kind === 'source'
  const total = (source ? own?.recordsOut : own?.recordsIn) ?? null
  const ended = state === 'ended' || vertex?.status === 'FAILED'
  return {
    rate: ended ? endWord(vertex, state) : formatRate(source ? own?.recordsOutPerSecond : own?.recordsInPerSecond),
    lag: lagText(load),
    atEventTime: load !== null && load.status !== 'FINISHED' && eventTimeOf(load) !== null,
    busy: isHead && !ended ? percentOf(load?.busy) : null,
    backpressure: isHead && !ended ? percentOf(load?.backpressure) : null,
    chainedTo: isHead ? null : headName,
    total: ended ? (total === null ? UNKNOWN : formatInteger(total)) : null,
  }
}

function endWord(vertex: LoadDoc | undefined, state: NodeState): string {
  if (state === 'failed') return 'failed'
  if (vertex?.status === 'FAILED') return 'stopped'
  return vertex?.status === 'CANCELED' ? 'canceled' : 'done'
}

function lagText(load: LoadDoc | null): string {
  if (load === null) return UNKNOWN
  if (load.status === 'FINISHED') return 'end'
  const at = eventTimeOf(load)
  if (at !== null) return shortEventTime(at)
  return load.watermarkLagMs === null ? UNKNOWN : formatDuration(load.watermarkLagMs)
}

function wordsOf(live: NodeFigures, tags: readonly NodeTag[], headName: string | null): string {
  const parts = [live.rate === UNKNOWN ? 'rate unknown' : live.rate]
  if (live.total !== null) parts.push(`${live.total} ${live.total === '1' ? 'record' : 'records'}`)
  if (live.lag !== UNKNOWN) parts.push(live.atEventTime ? `event time ${live.lag}` : `watermark lag ${live.lag}`)
  if (headName !== null && live.busy !== null) parts.push(`busy ${live.busy} percent`)
  if (live.backpressure !== null && live.backpressure > 0) parts.push(`backpressured ${live.backpressure} percent`)
  if (live.chainedTo !== null) parts.push(`in one chain with ${live.chainedTo}`)
  return [...parts, ...tags.map(({ text, hint }) => `${text}: ${hint}`)].join(', ')
}
