import { createHash } from 'node:crypto'
import type { ExecutionGraph } from '@weir/engine/graph/execution-graph'
import type { ExceptionExample, ExceptionGroup } from '@weir/proto/web/job-details'
import type { JobException } from '../dispatcher/control-plane.ts'
import { operatorOf } from './job-sight.ts'
import { topmostPlace } from './stack-places.ts'

/** Examples of one group. */
const EXAMPLES_MAX = 20
const SOURCE_LINE_CHARACTERS_MAX = 500

export interface ExceptionSource {
  readonly fileName: string
  readonly source: string
}

/** Exceptions that say the same as one, those that came last first. `exceptions`: newest first. */
export function exceptionGroups(
  exceptions: readonly JobException[],
  graph: ExecutionGraph,
  { fileName, source }: ExceptionSource,
): ExceptionGroup[] {
  const lines = source.split('\n')
  const groups = new Map<string, ExceptionGroup & { examples: ExceptionExample[] }>()
  for (const exception of exceptions) {
    const example = exampleOf(exception, fileName, lines)
    const key = keyOf(exception, example)
    const known = groups.get(key)
    const examples = known?.examples ?? []
    if (examples.length < EXAMPLES_MAX) examples.push(example)
    groups.set(key, {
      key,
      code: exception.code,
      operator: exception.operator === null ? null : shownOperator(graph, exception.operator),
      message: known?.message ?? example.message,
      count: (known?.count ?? 0) + 1,
      firstAt: exception.at,
      lastAt: known?.lastAt ?? exception.at,
      examples,
    })
  }
  return [...groups.values()].sort((a, b) => b.lastAt - a.lastAt)
}

/** A message without what differs from record to record: numbers, and what stands in quotes. */
export function maskedMessage(message: string): string {
  return message
    .replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|(?<![\p{L}\p{N}])'(?:[^'\\]|\\.)*'/gu, '‹…›')
    .replaceAll(/-?\d+(?:[.,:]\d+)*/g, '#')
}

function exampleOf(exception: JobException, fileName: string, lines: readonly string[]): ExceptionExample {
  const { at, attempt, subtask, message, record, stack } = exception
  const frame = topmostPlace(stack, fileName)
  const line = frame === null ? undefined : lines[frame.line - 1]
  return {
    at,
    attempt,
    subtask,
    message: message.replace(/^operator '[^']*': /, ''),
    record,
    stack,
    place: frame === null ? null : { line: frame.line, column: frame.column },
    sourceLine: line?.trimEnd().slice(0, SOURCE_LINE_CHARACTERS_MAX).toWellFormed() ?? null,
  }
}

/** A short name of what makes exceptions the same. */
function keyOf({ code, operator }: JobException, { message, place }: ExceptionExample): string {
  const same = JSON.stringify([code, operator, maskedMessage(message), place?.line ?? null])
  return createHash('sha256').update(same).digest('hex').slice(0, 12)
}

function shownOperator(graph: ExecutionGraph, named: string): { uid: string; name: string } {
  const { uid, name } = operatorOf(graph, named) ?? { uid: named, name: named }
  return { uid, name }
}
