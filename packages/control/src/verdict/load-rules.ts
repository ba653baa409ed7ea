import type { Verdict } from '@weir/proto/web/job-doc'
import type { JobFacts, OperatorRef, VertexFacts } from './verdict-facts.ts'
import { ageWords, calledFirst, countWords, percentWords, plural, rateWords, ratioWords } from './words.ts'

/** From here on a vertex has no time left. */
export const BUSY_FROM = 0.9
/** From here on a vertex waits noticeably for room in its outputs (Flink's bound between OK and LOW). */
export const BACKPRESSURED_FROM = 0.1
/** From here on it waits most of the time. */
const MOSTLY_BACKPRESSURED_FROM = 0.5
/** An operator with so much of its chain's time is the one to look at. */
const HOTTEST_FROM = 0.5
/** A source that waits so much for others that it is aligned with is spoken of. */
const WAITS_FROM = 0.1
/** Nothing has come in for so long. */
export const NO_INPUT_MS = 10_000

/**
 * Where the job is held up: the first vertex that is not backpressured behind those that are, when it has no time left.
 * Null when nothing waits.
 */
export function bottleneck(facts: JobFacts): Verdict | null {
  const { vertices } = facts
  const full = vertices
    .filter(vertex => busiestOf(vertex) >= BUSY_FROM && feedersOf(vertex, vertices).some(isBackpressured))
    .sort((a, b) => busiestOf(b) - busiestOf(a))[0]
  if (full !== undefined) return fullVertex(full, strongestFeeder(full, vertices))
  const waiting = vertices.find(({ feeds, backpressure }) => feeds.length === 0 && mostly(backpressure))
  if (waiting !== undefined) return waitsOutside(waiting)
  return slowChainOfSource(facts) ?? heldUp(vertices)
}

/** Sources are at their limit, and everything behind them keeps up. */
export function sourceIsLimit({ vertices }: JobFacts): Verdict | null {
  if (vertices.some(isBackpressured)) return null
  const source = vertices.find(vertex => vertex.isSource && !vertex.finished && (vertex.busy ?? 0) >= BUSY_FROM)
  if (source === undefined) return null
  const alone = source.operators.length === 1
  const named = alone || hottestOf(source)?.uid === source.id
  const subject = named ? `The source ${source.operators[0]!.name}` : `The source's chain, ${chainName(source)},`
  return {
    kind: 'source-is-limit',
    tone: 'ok',
    text: `${subject} is the limit: busy ${ratioWords(source.busy!)} while nothing is backpressured.`,
    detail: named
      ? `Everything behind it keeps up. It has ${plural(source.parallelism, 'subtask')}.`
      : `Everything behind it keeps up. These operators share a thread; it has ${plural(source.parallelism, 'subtask')}.`,
    operator: source.id,
    since: null,
  }
}

/** Records have stopped coming though sources have not ended. */
export function noInput({ now, input, vertices }: JobFacts): Verdict | null {
  if (input.finished || input.lastAt === null || input.records === null) return null
  const silentMs = now - input.lastAt
  if (silentMs <= NO_INPUT_MS) return null
  const sources = vertices.filter(vertex => vertex.isSource && !vertex.finished)
  const names = sources.map(source => source.operators[0]!.name)
  const who = names.length === 1 ? `The source ${names[0]} has` : `The sources ${listed(names)} have`
  const waits = names.length === 1 ? 'waits' : 'wait'
  return {
    kind: 'no-input',
    tone: 'warn',
    text:
      input.records === 0
        ? `Nothing has come in since it started, ${ageWords(silentMs)} ago.`
        : `Nothing has come in for ${ageWords(silentMs)}.`,
    detail:
      alignmentWords(vertices, 'so one that gives nothing stops them, unless it has withIdleness') ??
      `${who} read ${plural(input.records, 'record')} and ${waits} for more: is something being written to what it reads?`,
    operator: sources[0]?.id ?? null,
    since: input.lastAt,
  }
}

/** Below this a ratio reads as 0.00, which says less than words. */
const HARDLY_BUSY = 0.005

export function runningWell({ vertices, input, ...facts }: JobFacts): Verdict {
  const busy = Math.max(0, ...vertices.map(vertex => vertex.busy ?? 0))
  const text = input.finished
    ? 'Running well: all input is read, and the rest is being worked off.'
    : busy < HARDLY_BUSY
      ? 'Running well: it has little to do, and nothing is backpressured.'
      : `Running well: no operator is busy above ${ratioWords(busy)}, nothing is backpressured.`
  const details = [flowWords(facts), alignmentWords(vertices)].filter(words => words !== null)
  const detail = details.length === 0 ? null : details.join(' ')
  return { kind: 'running-well', tone: 'ok', text, detail, operator: null, since: null }
}

/** `The source fast waits 83 % of the time for slower ones of its alignment group clicks.`; null when none does. */
function alignmentWords(vertices: readonly VertexFacts[], consequence?: string): string | null {
  const waiting = vertices.filter(({ aligned, finished }) => !finished && (aligned?.waits ?? 0) >= WAITS_FROM)
  const most = waiting.sort((a, b) => b.aligned!.waits - a.aligned!.waits)[0]
  if (most === undefined) return null
  const { group, waits } = most.aligned!
  const name = most.operators[0]!.name
  const rest = consequence === undefined ? '' : `, ${consequence}`
  return `The source ${name} waits ${percentWords(waits)} of the time for slower ones of its alignment group ${group}${rest}.`
}

/** `18.4 k/s come in, 1.94 k/s go out`; null when neither is known. */
function flowWords(facts: Pick<JobFacts, 'recordsInPerSecond' | 'recordsOutPerSecond'>): string | null {
  const { recordsInPerSecond: read, recordsOutPerSecond: written } = facts
  if (read === null) return null
  const rest = written === null ? '' : `, ${rateWords(written)} go out`
  return `${rateWords(read)} come in${rest}.`
}

function fullVertex(vertex: VertexFacts, feeder: VertexFacts): Verdict {
  const { busy, busiest, parallelism } = vertex
  const { operator, chain } = suspect(vertex)
  const skewed = busiest !== null && (busy ?? 0) < BUSY_FROM
  const load = skewed
    ? `its subtask ${busiest.subtask} is busy ${ratioWords(busiest.busy)}`
    : `busy ${ratioWords(busy ?? 0)}`
  const waits = `${chainName(feeder)} waits ${percentWords(feeder.backpressure!)} of the time for room`
  const remedy = skewed
    ? `all ${parallelism} subtasks together are busy ${ratioWords(busy ?? 0)}, so the load is uneven: some keys may come far more often than others`
    : `more than its ${plural(parallelism, 'subtask')}, or less work for each record, would help`
  return {
    kind: 'bottleneck',
    tone: 'warn',
    text: `${calledFirst(operator)} is the bottleneck: ${load} while its inputs are backpressured.`,
    detail: `${chain}${waits}; ${remedy}.`,
    operator: operator.uid,
    since: null,
  }
}

/** Only a sink waits without anybody behind it: for what it writes to. */
function waitsOutside(vertex: VertexFacts): Verdict {
  const sink = vertex.operators.at(-1)!
  return {
    kind: 'bottleneck',
    tone: 'warn',
    text: `${calledFirst(sink)} is the bottleneck: it waits ${percentWords(vertex.backpressure!)} of the time for what it writes to.`,
    detail: 'Its target takes records more slowly than they come.',
    operator: sink.uid,
    since: null,
  }
}

/** A slow operator that shares its thread with the source: nothing is backpressured, since nothing lies between them. */
function slowChainOfSource({ vertices }: JobFacts): Verdict | null {
  if (vertices.some(isBackpressured)) return null
  const vertex = vertices.find(one => one.isSource && !one.finished && (one.busy ?? 0) >= BUSY_FROM)
  const hottest = vertex === undefined ? null : hottestOf(vertex)
  if (vertex === undefined || hottest === null || hottest.uid === vertex.id) return null
  return {
    kind: 'bottleneck',
    tone: 'warn',
    text: `${calledFirst(hottest)} is the bottleneck: ${percentWords(hottest.share)} of the time of its chain, which is busy ${ratioWords(vertex.busy!)}.`,
    detail: `It shares a thread with the source ${vertex.operators[0]!.name}, which waits for it: more than its ${plural(vertex.parallelism, 'subtask')}, or less work for each record, would help.`,
    operator: hottest.uid,
    since: null,
  }
}

/** Somebody waits most of the time, though nobody behind has no time left. */
function heldUp(vertices: readonly VertexFacts[]): Verdict | null {
  const waiting = vertices.filter(({ backpressure }) => mostly(backpressure))
  const first = waiting.at(-1)
  if (first === undefined) return null
  const behind = vertices
    .filter(vertex => first.feeds.includes(vertex.id))
    .sort((a, b) => busiestOf(b) - busiestOf(a))[0]
  if (behind === undefined) return null
  const { operator, chain } = suspect(behind)
  return {
    kind: 'bottleneck',
    tone: 'warn',
    text: `${calledFirst(operator)} holds ${chainName(first)} up, which waits ${percentWords(first.backpressure!)} of the time.`,
    detail: `${chain}${calledFirst(operator)} is busy ${ratioWords(busiestOf(behind))}: its thread may be shared with others, or its input comes in bursts.`,
    operator: operator.uid,
    since: null,
  }
}

/** Whom to name of a chain, and what to say of the rest. */
function suspect(vertex: VertexFacts): { operator: OperatorRef; chain: string } {
  const hottest = hottestOf(vertex)
  const operator = hottest ?? vertex.operators[0]!
  if (vertex.operators.length === 1) return { operator, chain: '' }
  if (hottest === null) return { operator: { uid: vertex.id, name: chainName(vertex) }, chain: '' }
  return { operator, chain: `It takes ${percentWords(hottest.share)} of the time of its chain. ` }
}

function hottestOf(vertex: VertexFacts): (OperatorRef & { readonly share: number }) | null {
  const { hottest, operators } = vertex
  if (hottest === null || hottest.share < HOTTEST_FROM) return null
  const operator = operators.find(({ uid }) => uid === hottest.uid)
  return operator === undefined ? null : { ...operator, share: hottest.share }
}

function chainName({ operators }: VertexFacts): string {
  const names = operators.map(({ name }) => name)
  return names.length <= 3 ? names.join(' → ') : `${names[0]} → … → ${names.at(-1)}`
}

function feedersOf(vertex: VertexFacts, vertices: readonly VertexFacts[]): VertexFacts[] {
  return vertices.filter(({ feeds }) => feeds.includes(vertex.id))
}

function strongestFeeder(vertex: VertexFacts, vertices: readonly VertexFacts[]): VertexFacts {
  return feedersOf(vertex, vertices).sort((a, b) => (b.backpressure ?? 0) - (a.backpressure ?? 0))[0]!
}

function isBackpressured({ backpressure }: VertexFacts): boolean {
  return backpressure !== null && backpressure >= BACKPRESSURED_FROM
}

function mostly(backpressure: number | null): boolean {
  return backpressure !== null && backpressure >= MOSTLY_BACKPRESSURED_FROM
}

function busiestOf({ busy, busiest }: VertexFacts): number {
  return Math.max(busy ?? 0, busiest?.busy ?? 0)
}

function listed(names: readonly string[]): string {
  return names.length < 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${countWords(names.length - 3)} more`
}
