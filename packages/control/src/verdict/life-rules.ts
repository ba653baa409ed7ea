import type { Verdict } from '@weir/proto/web/job-doc'
import { isOrderly } from '../job/public-status.ts'
import type { FailureFacts, JobFacts, SlotFacts } from './verdict-facts.ts'
import { ageWords, called, durationWords, oneLine, plural, sentence } from './words.ts'

/** Restarts are worth a word for so long. */
export const RECENT_RESTART_MS = 10 * 60_000
/** Until its first figures have come a job counts as starting. */
const FIRST_FIGURES_MS = 5_000
const MESSAGE_CHARACTERS_MAX = 240
const RECORD_CHARACTERS_MAX = 160

export function failed({ failure, finishedAt, submittedAt, startedAt }: JobFacts): Verdict {
  const lasted = durationWords((finishedAt ?? submittedAt) - (startedAt ?? submittedAt))
  return {
    kind: 'failed',
    tone: 'error',
    text: failure === null ? 'Failed.' : sentence(`Failed${whereWords(failure)}: ${messageOf(failure)}`),
    detail: (failure && evidence(failure)) ?? (startedAt === null ? 'It never came to run.' : `It ran for ${lasted}.`),
    operator: failure?.operator?.uid ?? null,
    since: finishedAt,
  }
}

export function failing({ failure }: JobFacts): Verdict {
  return {
    kind: 'failing',
    tone: 'error',
    text:
      failure === null
        ? 'Failing: what still runs is being ended.'
        : sentence(`Failing${whereWords(failure)}: ${messageOf(failure)}`),
    detail: 'What still runs is being ended.',
    operator: failure?.operator?.uid ?? null,
    since: failure?.at ?? null,
  }
}

export function finished(facts: JobFacts): Verdict {
  const { finishedAt, startedAt, submittedAt } = facts
  const took = finishedAt === null ? '' : ` in ${durationWords(finishedAt - (startedAt ?? submittedAt))}`
  const totals = totalsWords(facts)
  return {
    kind: 'finished',
    tone: 'ok',
    text: `Finished${took}${totals === null ? '' : `: ${totals}`}.`,
    detail: null,
    operator: null,
    since: finishedAt,
  }
}

export function canceled(facts: JobFacts): Verdict {
  const { finishedAt, startedAt } = facts
  const totals = totalsWords(facts)
  const after = startedAt === null || finishedAt === null ? null : durationWords(finishedAt - startedAt)
  return {
    kind: 'canceled',
    tone: 'quiet',
    text: after === null ? 'Canceled before it ran.' : `Canceled after ${after}.`,
    detail: totals === null ? null : sentence(`Until then ${totals}`),
    operator: null,
    since: finishedAt,
  }
}

export function cancelling({ committing, reason }: JobFacts): Verdict {
  return {
    kind: 'cancelling',
    tone: 'busy',
    text: 'Cancelling: its subtasks are being ended.',
    detail: committing
      ? 'Its output was being made visible already; that is brought to its end first.'
      : asWords(reason),
    operator: null,
    since: null,
  }
}

export function finishing({ reason }: JobFacts): Verdict {
  const troubled = reason?.includes('failed') ?? false
  return {
    kind: 'finishing',
    tone: troubled ? 'warn' : 'busy',
    text: 'Finishing: all records are through, the output is being made visible.',
    detail: troubled ? asWords(reason) : null,
    operator: null,
    since: null,
  }
}

export function restarting({ failure, reason, slots }: JobFacts): Verdict {
  const next = 'Another attempt is on its way'
  const waits = slots === null || slots.free === null ? null : `It ${slotWords(slots)} ${slotRemedy(slots)}`
  if (failure !== null && isOrderly(failure)) {
    const doing = reason === null || /^needs \d/.test(reason) ? 'Its slots are asked for' : (asWords(reason) ?? '')
    return {
      kind: 'starting',
      tone: 'busy',
      text: 'Starting again: the cluster was stopped while it ran.',
      detail: waits ?? sentence(doing),
      operator: null,
      since: failure.at,
    }
  }
  return {
    kind: 'restarting',
    tone: 'warn',
    text: failure === null ? 'Restarting.' : sentence(`Restarting because ${causeWords(failure)}`),
    detail: waits ?? sentence(reason === null ? next : `${next}: ${reason}`),
    operator: failure?.operator?.uid ?? null,
    since: failure?.at ?? null,
  }
}

/** Null when the job has not failed lately. */
export function restarted({ now, failures, hasMoreFailures }: JobFacts): Verdict | null {
  const recent = failures.filter(({ at }) => now - at <= RECENT_RESTART_MS)
  const last = recent.at(-1)
  if (last === undefined) return null
  const isAtLeast = hasMoreFailures && recent.length === failures.length
  const times = isAtLeast ? `at least ${plural(recent.length, 'time')}` : timesWords(recent.length)
  const because = recent.length === 1 ? 'because' : 'the last time because'
  return {
    kind: 'restarted',
    tone: 'warn',
    text: sentence(`Restarted ${times} in the last 10 minutes, ${because} ${causeWords(last)}`),
    detail: evidence(last) ?? 'It runs well again.',
    operator: last.operator?.uid ?? null,
    since: last.at,
  }
}

export function waitingForSlots({ slots, submittedAt }: JobFacts): Verdict | null {
  if (slots === null || slots.free === null) return null
  return {
    kind: 'waiting-for-slots',
    tone: 'warn',
    text: `Waits for slots: ${slotWords(slots)}`,
    detail: slotRemedy(slots),
    operator: null,
    since: submittedAt,
  }
}

export function starting({ reason }: JobFacts): Verdict {
  const doing = reason === null || /^needs \d/.test(reason) ? 'asking for slots' : reason
  return { kind: 'starting', tone: 'busy', text: `Starting: ${doing}.`, detail: null, operator: null, since: null }
}

/** A job that runs and has not told how. */
export function withoutFigures({ now, input, startedAt }: JobFacts): Verdict {
  const runsFor = now - Math.max(startedAt ?? now, input.lastAt ?? 0)
  const early = runsFor < FIRST_FIGURES_MS
  return {
    kind: 'starting',
    tone: early ? 'busy' : 'warn',
    text: early
      ? 'Started: the first figures are on their way.'
      : `Running, but no figures have come for ${ageWords(runsFor)}.`,
    detail: early ? null : 'Its TaskManagers may be overloaded: their slots tell once a second how they do.',
    operator: null,
    since: null,
  }
}

export function noProgress({ stuck, now }: JobFacts): Verdict | null {
  if (stuck === null) return null
  const { operator, subtask, since } = stuck
  const who = subtask === null ? 'it' : `subtask ${subtask}`
  return {
    kind: 'no-progress',
    tone: 'error',
    text: `No progress in ${called(operator)}: ${who} has been in one call for ${ageWords(now - since)}.`,
    detail: `A call that does not return holds its slot. Look for an endless loop or for something slow in ${called(operator)}; cancelling ends it.`,
    operator: operator.uid,
    since,
  }
}

/** What went wrong, without the words that say where. */
export function messageOf({ message }: FailureFacts): string {
  return oneLine(message.replace(/^operator '[^']*': /, ''), MESSAGE_CHARACTERS_MAX)
}

function timesWords(times: number): string {
  return times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`
}

function whereWords({ operator, subtask }: FailureFacts): string {
  if (operator === null) return ''
  return subtask === null ? ` in ${called(operator)}` : ` in ${called(operator)}, subtask ${subtask}`
}

function causeWords(failure: FailureFacts): string {
  const message = messageOf(failure)
  return failure.operator === null ? message : `${called(failure.operator)} failed: ${message}`
}

/** Line and record; null when neither is known. */
function evidence({ place, record }: FailureFacts): string | null {
  const line = place === null ? null : `In line ${place.line} of ${place.file}`
  const at = record === null ? null : `at the record ${oneLine(record, RECORD_CHARACTERS_MAX)}`
  if (line === null) return at === null ? null : sentence(`A${at.slice(1)}`)
  return sentence(at === null ? line : `${line}, ${at}`)
}

function slotWords({ needed, free }: SlotFacts): string {
  return `needs ${needed}, ${free === 0 ? 'none is' : free === 1 ? '1 is' : `${free} are`} free.`
}

function slotRemedy({ needed, free, total, parallelismThatFits }: SlotFacts): string {
  const less = parallelismThatFits === null ? '' : `, or run it with parallelism ${parallelismThatFits}`
  if (total < needed) {
    const has = total === 0 ? 'no slots' : `only ${plural(total, 'slot')}`
    return `The cluster has ${has}: add a TaskManager with ${plural(needed - total, 'slot')} more${less}.`
  }
  const missing = plural(needed - (free ?? 0), 'slot')
  return `It starts by itself when other jobs give ${missing} back. Or add a TaskManager${less}.`
}

function totalsWords({ recordsIn, recordsOut }: Pick<JobFacts, 'recordsIn' | 'recordsOut'>): string | null {
  if (recordsIn === null) return null
  return `${plural(recordsIn, 'record')} in${recordsOut === null ? '' : `, ${recordsOut.toLocaleString('en-US')} out`}`
}

function asWords(reason: string | null): string | null {
  return reason === null ? null : sentence(reason.charAt(0).toUpperCase() + reason.slice(1))
}
