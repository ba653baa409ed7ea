'use client'
import type { JobDoc, Verdict } from '@weir/proto/web/job-doc'
import { useMemo } from 'react'
import { changeUrl } from '@/lib/use-url-state.ts'
import { Button, LinkButton, VerdictLine, VisuallyHidden } from '@/ui'
import styles from './job-page.module.css'

/** The answer first: how the job is and why, with the way to the evidence. */
export function JobVerdict({ job }: { readonly job: JobDoc }) {
  const { kind, operator, text } = job.verdict
  // Its figures change every second: it is read out when it says something else, not when it says it of other numbers.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text follows kind and operator on purpose
  const spoken = useMemo(() => text, [kind, operator])
  return (
    <div className={styles.verdict}>
      <VisuallyHidden>
        <span role="status">{spoken}</span>
      </VisuallyHidden>
      <VerdictLine verdict={job.verdict} actions={<Ways verdict={job.verdict} exceptions={job.exceptions} />} />
    </div>
  )
}

const ABOUT_ERRORS: readonly Verdict['kind'][] = ['failed', 'failing', 'restarting', 'restarted']

function Ways({ verdict, exceptions }: { readonly verdict: Verdict; readonly exceptions: number }) {
  const { operator, kind } = verdict
  return (
    <>
      {kind === 'waiting-for-slots' && (
        <LinkButton size="small" href="/cluster">
          Show the cluster
        </LinkButton>
      )}
      {ABOUT_ERRORS.includes(kind) && exceptions > 0 && (
        <Button size="small" look="ghost" onClick={() => changeUrl({ tab: 'errors' }, 'push')}>
          Errors
        </Button>
      )}
      {operator !== null && (
        <Button size="small" onClick={() => changeUrl({ tab: null, operator }, 'push')}>
          Show the operator
        </Button>
      )}
    </>
  )
}
