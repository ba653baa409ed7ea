'use client'
import { useEffect, useState } from 'react'
import { Button, cx, EmptyState, Mark } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import type { CodeFix } from '../monaco/load-monaco.ts'
import { useStore } from '../store.ts'
import { type Problem, subjectOf } from './problems.ts'
import styles from './problems-panel.module.css'

/** Everything that is wrong, from top to bottom; a click goes there, and a fix stands beside what has one. */
export function ProblemsPanel({ session }: { readonly session: CodeSession }) {
  const problems = useStore(session.problems)
  const { line } = useStore(session.caret)
  const { drawn } = useStore(session.checker.state)
  const names = new Map(drawn?.pipeline.operators.map(({ uid, name }) => [uid, name]))
  if (problems.length === 0) return <NoProblems session={session} />
  return (
    <ul className={styles.list} aria-label="Problems">
      {problems.map(problem => (
        <li key={problem.key} className={cx(styles.problem, problem.line === line && styles.here)}>
          <button
            type="button"
            className={styles.main}
            onClick={() => problem.line !== null && session.goTo(problem.line, problem.column ?? 1)}
          >
            <span className={styles[problem.severity]}>
              <Mark shape={SHAPES[problem.severity]} />
            </span>
            <span className={styles.message}>
              <span className={styles.kind}>{WORDS[problem.severity]}: </span>
              <b>{subjectOf(problem, names.get(problem.operator ?? ''))}</b>
              {problem.message}
            </span>
            <span className={styles.where}>
              {problem.line === null ? 'whole file' : `${problem.line}:${problem.column ?? 1}`}
            </span>
          </button>
          {problem.source === 'TypeScript' && <Fix session={session} problem={problem} />}
        </li>
      ))}
    </ul>
  )
}

const SHAPES = { error: 'fail', warning: 'warn', info: 'info' } as const
const WORDS = { error: 'Error', warning: 'Warning', info: 'Note' } as const

function NoProblems({ session }: { readonly session: CodeSession }) {
  const { phase } = useStore(session.checker.state)
  return (
    <EmptyState compact title={<NoProblemsWord session={session} />}>
      {phase === 'unreachable'
        ? 'TypeScript finds nothing wrong. The JobManager, which has the last word, cannot be reached.'
        : undefined}
    </EmptyState>
  )
}

/** What an empty list of problems means at the moment. */
export function NoProblemsWord({ session }: { readonly session: CodeSession }) {
  const { phase, answer } = useStore(session.checker.state)
  if (phase === 'unreachable') return 'Not checked'
  return answer === null ? 'Checking…' : 'No problems'
}

/** The first fix that TypeScript offers for an error, if there is one. */
function Fix({ session, problem }: { readonly session: CodeSession; readonly problem: Problem }) {
  const [fix, setFix] = useState<CodeFix | null>(null)
  useEffect(() => {
    let gone = false
    session
      .fixesOf(problem)
      .then(([first]) => !gone && setFix(first ?? null))
      .catch((error: unknown) => console.warn('TypeScript offers no fix.', error))
    return () => {
      gone = true
    }
  }, [session, problem])
  if (fix === null) return null
  return (
    <Button
      size="small"
      look="ghost"
      onClick={() => {
        session.apply(fix)
        session.focus()
      }}
    >
      {fix.description}
    </Button>
  )
}
