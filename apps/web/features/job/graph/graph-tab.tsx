'use client'
import { useCallback, useEffect, useRef } from 'react'
import { PipelineGraph } from '@/features/graph'
import { useUrlState } from '@/lib/use-url-state.ts'
import type { JobTabProps } from '../job-tabs.ts'
import styles from './graph-tab.module.css'
import { OperatorDrawer } from './operator-drawer.tsx'

/** The graph, alive, and beside it what the selected operator does. The selection is in the address. */
export function GraphTab({ jobId, job, pipeline }: JobTabProps) {
  const [uid, select] = useUrlState('operator')
  const operator = pipeline.pipeline.operators.find(each => each.uid === uid) ?? null
  const close = useCallback(() => select(null), [select])
  const title = useRef<HTMLHeadingElement>(null)
  // Enter on a card selects and opens at once: the drawer is still on its way then, and gets the focus when it is there.
  const wanted = useRef<string | null>(null)
  const enter = useCallback((opened: string) => {
    wanted.current = opened
  }, [])
  useEffect(() => {
    if (wanted.current === null || wanted.current !== operator?.uid) return
    wanted.current = null
    title.current?.focus()
  })
  return (
    <div className={styles.tab}>
      <PipelineGraph
        pipeline={pipeline.pipeline}
        selected={operator?.uid ?? null}
        onSelect={select}
        onOpen={enter}
        renderMode="live"
        jobId={jobId}
        label={`Graph of the job ${job.name}`}
      />
      {operator !== null && (
        <OperatorDrawer titleRef={title} operator={operator} job={job} pipeline={pipeline} onClose={close} />
      )}
    </div>
  )
}
