import type { Severity, SourceProblem } from '@weir/proto/web/drafts'

/** One line of the Problems panel. Line and column count from 1; a problem without a place concerns the whole. */
export interface Problem {
  /** Equal for the same problem of two lists. */
  readonly key: string
  readonly severity: Severity
  readonly message: string
  readonly line: number | null
  readonly column: number | null
  /** Where it ends, as far as that is known. */
  readonly endLine: number | null
  readonly endColumn: number | null
  readonly operator: string | null
  readonly source: 'TypeScript' | 'JobManager'
  /** Number of TypeScript's message; null for the JobManager's. */
  readonly code: number | null
}

/** What TypeScript has found, from Monaco's markers. */
export interface TypeScriptProblem {
  readonly severity: Severity
  readonly message: string
  readonly code: number | null
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** TypeScript numbers its syntax errors from 1000 to 1999. */
const isSyntaxError = (code: number | null): boolean => code !== null && code >= 1_000 && code < 2_000

/**
 * Both lists as one, from top to bottom, problems of the whole first. One mistake is told once, by whoever says best what
 * to do: TypeScript of syntax, of names and of methods that are not there, the JobManager of an operator that is used in
 * a wrong way, and of modules.
 */
export function mergeProblems(
  typeScript: readonly TypeScriptProblem[],
  jobManager: readonly SourceProblem[],
): readonly Problem[] {
  const all = typeScript.map(ofTypeScript)
  const own = all.filter(one => !isToldBetter(one, jobManager) && !follows(one, all))
  const others = jobManager.filter(problem => !own.some(one => saysTheSame(one, problem))).map(ofJobManager)
  const seen = new Set<string>()
  return [...own, ...others]
    .filter(({ key }) => !seen.has(key) && seen.add(key))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || rank(a) - rank(b))
}

/**
 * A module that TypeScript does not find and the JobManager refuses, or a call whose types do not fit since its operator
 * is used in a wrong way: the JobManager says what to do instead.
 */
function isToldBetter({ code, line, column }: Problem, jobManager: readonly SourceProblem[]): boolean {
  if (code === null) return false
  const here = jobManager.filter(other => other.line === line && other.severity === 'error')
  if (NO_SUCH_MODULE.has(code)) return here.length > 0
  return WRONG_CALL.has(code) && here.some(other => isMisuse(other) && (column ?? 1) >= (other.column ?? 1))
}

/** A method that is not there, or arguments that do not fit. */
const WRONG_CALL: ReadonlySet<number> = new Set([2339, 2551, 2345, 2769])

/** The SDK's own word on how an operator is used. */
function isMisuse({ message }: SourceProblem): boolean {
  return /^operator "/i.test(message)
}

/** Of a call that TypeScript does not understand it does not know the types of the function's parameters either. */
function follows({ code, line, column }: Problem, all: readonly Problem[]): boolean {
  if (code !== IMPLICIT_ANY) return false
  return all.some(
    other => other.line === line && other.column! < column! && other.code !== null && WRONG_CALL.has(other.code),
  )
}

const IMPLICIT_ANY = 7006

/** The numbers by which TypeScript says that it finds no module of a name. */
const NO_SUCH_MODULE: ReadonlySet<number> = new Set([2307, 2792, 7016, 2882])

function saysTheSame(one: Problem, other: SourceProblem): boolean {
  if (one.line !== other.line) return false
  if (one.message === other.message || (isSyntaxError(one.code) && other.severity === 'error')) return true
  if (one.code === null) return false
  if (NO_SUCH_NAME.has(one.code)) return other.message.includes('is not defined')
  return WRONG_CALL.has(one.code) && /\bTypeError: .* is not a function\b/.test(other.message)
}

/** "Cannot find name", also with a guess of what was meant. */
const NO_SUCH_NAME: ReadonlySet<number> = new Set([2304, 2552, 2580, 2584])

function ofTypeScript(problem: TypeScriptProblem): Problem {
  const { line, column, code, message } = problem
  return { ...problem, key: `ts/${code}/${line}:${column}/${message}`, operator: null, source: 'TypeScript' }
}

function ofJobManager(problem: SourceProblem): Problem {
  const { severity, message, line, column, operator } = problem
  return {
    key: `jm/${operator}/${line}:${column}/${message}`,
    ...{ severity, message, line, column, operator },
    endLine: null,
    endColumn: null,
    source: 'JobManager',
    code: null,
  }
}

function rank({ severity }: Problem): number {
  return ['error', 'warning', 'info'].indexOf(severity)
}

/** The operator's name before a problem that does not say it itself. */
export function subjectOf({ message }: Problem, name: string | undefined): string {
  return name === undefined || message.includes(`"${name}"`) || message.includes(`'${name}'`) ? '' : `${name}: `
}

export interface ProblemCounts {
  readonly errors: number
  readonly warnings: number
  /** What is good to know, and nothing to mend. */
  readonly notes: number
}

export function countsOf(problems: readonly Problem[]): ProblemCounts {
  return {
    errors: problems.filter(({ severity }) => severity === 'error').length,
    warnings: problems.filter(({ severity }) => severity === 'warning').length,
    notes: problems.filter(({ severity }) => severity === 'info').length,
  }
}

/** The error to go to first: the topmost one with a place, else the first of all. */
export function firstError(problems: readonly Problem[]): Problem | undefined {
  const errors = problems.filter(({ severity }) => severity === 'error')
  return errors.find(({ line }) => line !== null) ?? errors[0]
}

/** The next problem after a position, from the top again after the last; only those with a place. */
export function nextProblem(
  problems: readonly Problem[],
  line: number,
  column: number,
  step: 1 | -1 = 1,
): Problem | undefined {
  const placed = problems.filter(problem => problem.line !== null)
  const isAfter = (one: Problem) => one.line! > line || (one.line === line && (one.column ?? 1) > column)
  const isBefore = (one: Problem) => one.line! < line || (one.line === line && (one.column ?? 1) < column)
  return step === 1 ? (placed.find(isAfter) ?? placed[0]) : (placed.findLast(isBefore) ?? placed.at(-1))
}

/** What the graph that is drawn has to do with the text and with the JobManager's answer. */
export interface GraphFacts {
  /** The operator of the drawn graph in whose part of the text, as it is now, a place lies. */
  operatorAt(line: number, column: number): string | null
  /** The answer's own graph is the one that is drawn: the names that it gives are those of the cards. */
  readonly isOfGraph: boolean
  /** The answer is about the text as it is now: its lines are those of the text. */
  readonly isOfText: boolean
}

/**
 * The problems that stand on operators: the JobManager's name theirs, if the graph is of the same text; TypeScript's
 * errors belong to the operator in whose part of the text they stand. One whose card is not known stands on none.
 */
export function operatorProblems(
  problems: readonly Problem[],
  { operatorAt, isOfGraph, isOfText }: GraphFacts,
): readonly SourceProblem[] {
  return problems.flatMap(({ severity, message, line, column, operator, source }) => {
    const named = isOfGraph ? operator : null
    const isPlaced = severity === 'error' && line !== null && (source === 'TypeScript' || isOfText)
    const uid = named ?? (isPlaced ? operatorAt(line, column ?? 1) : null)
    return uid === null ? [] : [{ severity, message, line, column, operator: uid }]
  })
}
