'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CheckOutcome, DeployOutcome, Draft } from '@weir/proto/web/drafts'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { formatRate } from '@/lib/format'
import { useConnection, useLive } from '@/lib/live'
import { rememberStarted } from '@/lib/started-jobs'
import { messageOf, useTRPC, useTRPCClient } from '@/lib/trpc'
import { Button, Dialog, Field, Input, LinkButton, Mark } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { isActive, useDraftJob } from '../header/job-chip.tsx'
import type { DraftServer } from '../server.ts'
import { useStore } from '../store.ts'
import styles from './deploy-dialog.module.css'
import { parallelismOf, slotSentence } from './slot-sentence.ts'
import { suggestedName } from './suggested-name.ts'

export interface DeployDialogProps {
  readonly draft: Draft
  readonly session: CodeSession
  readonly server: DraftServer
  readonly onClose: () => void
}

/** Starts the text on the page as a job. Whatever is wrong with it closes the dialog and leads to its line. */
export function DeployDialog({ draft, session, server, onClose }: DeployDialogProps) {
  const router = useRouter()
  const { serverNow } = useConnection()
  usePreloadedJobPage()
  const { drawn } = useStore(session.checker.state)
  const [name, setName] = useState(() => suggestedName(draft.name, drawn?.pipeline.name))
  const [parallelismText, setParallelismText] = useState('')
  const parallelism = parallelismOf(parallelismText)
  const checked = useQuery({
    queryKey: ['deploy-check', draft.draftId, session.model.getVersionId(), parallelism.value],
    queryFn: () => server.check(session.model.getValue(), parallelism.value),
    enabled: parallelism.error === null,
    placeholderData: before => before,
    gcTime: 0,
    retry: 2,
  })
  const deploy = useDeploy(draft, session, name.trim(), parallelism.value, {
    onDeployed(jobId) {
      const source = session.model.getValue()
      const inCode = drawn?.pipeline.parallelism ?? 1
      // With another parallelism, or of another text, the graph is another one.
      const isDrawn = drawn !== null && drawn.text === source && parallelism.value === null
      rememberStarted({
        jobId,
        name: name.trim(),
        parallelism: parallelism.value ?? inCode,
        at: serverNow(),
        code: isDrawn ? { fileName: draft.fileName, source, pipeline: drawn.pipeline } : null,
      })
      router.push(`/jobs/${jobId}`)
    },
    onProblems(outcome) {
      onClose()
      session.checker.again()
      const place = outcome.problems.find(({ line }) => line !== null)
      if (place !== undefined) session.goTo(place.line ?? 1, place.column ?? 1)
    },
  })
  const outcome = checked.data
  const refused = outcome?.problems.filter(({ severity }) => severity === 'error') ?? []
  const warnings = outcome?.problems.filter(({ severity }) => severity !== 'error') ?? []
  const inCode = drawn?.pipeline.parallelism ?? null
  const startable = name.trim() !== '' && parallelism.error === null && !deploy.isPending
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={`Deploy ${draft.name}`}
      width={520}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            type="submit"
            form="deploy"
            busy={deploy.isPending}
            disabled={!startable || refused.length > 0}
          >
            Deploy
          </Button>
        </>
      }
    >
      <form
        id="deploy"
        className={styles.form}
        onSubmit={event => {
          event.preventDefault()
          if (startable && refused.length === 0) deploy.mutate()
        }}
      >
        <RunningNote draft={draft} />
        <Field label="Name of the job">
          {control => (
            <Input
              {...control}
              required
              maxLength={200}
              autoFocus
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Parallelism"
          optional
          error={parallelism.error}
          hint="How many subtasks each operator has, where the code does not say it for the operator itself."
        >
          {control => (
            <Input
              {...control}
              inputMode="numeric"
              className={styles.number}
              placeholder={inCode === null ? 'as in the code' : `${inCode}, as in the code`}
              value={parallelismText}
              onChange={event => setParallelismText(event.target.value)}
            />
          )}
        </Field>
        <SlotNote outcome={outcome} error={checked.error} />
        {refused.map(problem => (
          <p key={problem.message} className={styles.error} role="alert">
            <Mark shape="fail" />
            {problem.message}
          </p>
        ))}
        {warnings.length > 0 && (
          <ul className={styles.warnings} aria-label="Good to know">
            {warnings.map(problem => (
              <li key={`${problem.operator} ${problem.message}`}>
                <span className={styles[problem.severity]}>
                  <Mark shape={problem.severity === 'warning' ? 'warn' : 'info'} />
                </span>
                {problem.message}
              </li>
            ))}
          </ul>
        )}
        {deploy.error !== null && (
          <p className={styles.error} role="alert">
            <Mark shape="fail" />
            {messageOf(deploy.error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}

/** The page that comes next is loaded while the dialog is read. */
function usePreloadedJobPage(): void {
  useEffect(() => {
    import('@/features/job').catch((error: unknown) => console.warn('The page of a job is loaded later.', error))
  }, [])
}

interface DeployEnds {
  onDeployed(jobId: string): void
  onProblems(outcome: Extract<DeployOutcome, { ok: false }>): void
}

/** Saves what is on the screen, then deploys exactly that. */
function useDeploy(draft: Draft, session: CodeSession, name: string, parallelism: number | null, ends: DeployEnds) {
  const client = useTRPCClient()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { draftId } = draft
  return useMutation({
    async mutationFn(): Promise<DeployOutcome> {
      if (!(await session.autosave.flush())) {
        throw new Error('The code could not be saved, and only what is saved can be deployed. See above why.')
      }
      return client.drafts.deploy.mutate({ draftId, revision: session.autosave.revision.get(), name, parallelism })
    },
    onSuccess(outcome) {
      void queryClient.invalidateQueries({ queryKey: trpc.drafts.get.queryKey({ draftId }) })
      if (outcome.ok) ends.onDeployed(outcome.jobId)
      else ends.onProblems(outcome)
    },
  })
}

/** A second job starts beside one that runs: nobody should find that out later. */
function RunningNote({ draft }: { readonly draft: Draft }) {
  const job = useDraftJob(draft)
  if (!isActive(job)) return null
  return (
    <div className={styles.running}>
      <Mark shape="info" size={16} />
      <p>
        <b>{job.name}</b> was deployed from this pipeline and is still there
        {job.recordsInPerSecond !== null && job.status === 'RUNNING' && ` (${formatRate(job.recordsInPerSecond)} in)`}.
        This starts a second job beside it; the first one goes on until it is canceled.
      </p>
      <LinkButton size="small" href={`/jobs/${job.jobId}`}>
        Open it
      </LinkButton>
    </div>
  )
}

function SlotNote({ outcome, error }: { readonly outcome: CheckOutcome | undefined; readonly error: Error | null }) {
  const live = useLive({ kind: 'overview' }, doc => doc.cluster)
  if (error !== null) return <p className={styles.slots}>The slots cannot be counted: {messageOf(error)}</p>
  if (outcome === undefined || outcome.slotsNeeded === null) return <p className={styles.slots}>Counting slots…</p>
  const sentence = slotSentence(
    outcome.slotsNeeded,
    live?.slotsFree ?? outcome.slotsFree,
    live?.slotsTotal ?? outcome.slotsTotal,
  )
  return (
    <p className={sentence.waits ? styles.waits : styles.slots} role="status">
      <Mark shape={sentence.waits ? 'wait' : 'done'} />
      {sentence.text}
    </p>
  )
}
