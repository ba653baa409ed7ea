'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { Pencil, Play, Square, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { usePageActions } from '@/features/shell/page-actions.tsx'
import { useMay } from '@/features/shell/use-may.ts'
import { useConnection } from '@/lib/live'
import { rememberStarted } from '@/lib/started-jobs.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { Button, ConfirmDialog, Tooltip, toast } from '@/ui'
import { isOver } from '../job-tabs.ts'

/** What can be done with a job. What the caller may not do stays in its place, with the reason. */
export function JobActions({ job }: { readonly job: JobDoc }) {
  const over = isOver(job.status)
  return (
    <>
      <EditCode job={job} />
      <RunAgain job={job} />
      {over ? <DeleteJob job={job} /> : <CancelJob job={job} />}
    </>
  )
}

function EditCode({ job }: { readonly job: JobDoc }) {
  const trpc = useTRPC()
  const router = useRouter()
  const queries = useQueryClient()
  const refusal = useMay('jobs:submit').reason ?? null
  const create = useMutation(
    trpc.drafts.create.mutationOptions({
      onSuccess: draft => {
        queries.setQueryData(trpc.drafts.get.queryKey({ draftId: draft.draftId }), draft)
        void queries.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() })
        router.push(`/pipelines/${draft.draftId}`)
      },
      onError: error => toast.error('The code could not be opened', { description: messageOf(error) }),
    }),
  )
  const edit = (): void => create.mutate({ from: 'job', jobId: job.jobId })
  usePageActions([{ id: 'edit', label: 'Edit code', keywords: ['pipeline', 'source'], reason: refusal, run: edit }])
  return (
    <Reasoned reason={refusal}>
      <Button
        icon={<Pencil size={16} strokeWidth={1.5} aria-hidden="true" />}
        disabled={refusal !== null}
        busy={create.isPending}
        onClick={edit}
      >
        Edit code
      </Button>
    </Reasoned>
  )
}

function RunAgain({ job }: { readonly job: JobDoc }) {
  const trpc = useTRPC()
  const router = useRouter()
  const { serverNow } = useConnection()
  const refusal = useMay('jobs:submit').reason ?? null
  const run = useMutation(
    trpc.jobs.runAgain.mutationOptions({
      onSuccess: ({ jobId }) => {
        rememberStarted({ jobId, name: job.name, parallelism: job.parallelism, at: serverNow(), code: null })
        toast.success(`${job.name} runs again`, { description: 'As a new job, with a page of its own.' })
        router.push(`/jobs/${jobId}`)
      },
      onError: error => toast.error(`${job.name} could not be run again`, { description: messageOf(error) }),
    }),
  )
  const runAgain = (): void => run.mutate({ jobId: job.jobId })
  usePageActions([{ id: 'run', label: 'Run again', keywords: ['start', 'job'], reason: refusal, run: runAgain }])
  return (
    <Reasoned reason={refusal ?? (isOver(job.status) ? null : 'Starts a second job of the same code')}>
      <Button
        icon={<Play size={16} strokeWidth={1.5} aria-hidden="true" />}
        disabled={refusal !== null}
        busy={run.isPending}
        onClick={runAgain}
      >
        Run again
      </Button>
    </Reasoned>
  )
}

function CancelJob({ job }: { readonly job: JobDoc }) {
  const trpc = useTRPC()
  const [asking, setAsking] = useState(false)
  const refusal = useMay('jobs:operate').reason ?? null
  const cancel = useMutation(
    trpc.jobs.cancel.mutationOptions({
      onSuccess: () => {
        setAsking(false)
        toast.success(`${job.name} is being canceled`)
      },
    }),
  )
  const ending = job.status === 'CANCELLING' || job.status === 'FAILING'
  const reason = refusal ?? (ending ? 'The job is ending already' : null)
  const ask = (): void => {
    cancel.reset()
    setAsking(true)
  }
  usePageActions([{ id: 'cancel', label: 'Cancel the job…', keywords: ['stop', 'end'], reason, run: ask }])
  return (
    <>
      <Reasoned reason={reason}>
        <Button
          look="danger"
          icon={<Square size={16} strokeWidth={1.5} aria-hidden="true" />}
          disabled={reason !== null}
          onClick={ask}
        >
          Cancel
        </Button>
      </Reasoned>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Cancel ${job.name}?`}
        action="Cancel the job"
        danger
        busy={cancel.isPending}
        error={cancel.isError ? messageOf(cancel.error) : null}
        onConfirm={() => cancel.mutate({ jobId: job.jobId })}
      >
        <p>
          {job.status === 'CREATED'
            ? 'It stops waiting for slots. It has not run yet, so nothing is lost.'
            : 'All its subtasks are stopped now, in the middle of their work, and its slots become free.'}
        </p>
        {job.status !== 'CREATED' && (
          <p>
            Its state, the records under way, and what file sinks have not yet made visible are lost. Rows and logs stay
            to be read. <b>Run again</b> begins from the beginning of its input.
          </p>
        )}
      </ConfirmDialog>
    </>
  )
}

function DeleteJob({ job }: { readonly job: JobDoc }) {
  const trpc = useTRPC()
  const router = useRouter()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const refusal = useMay('jobs:submit').reason ?? null
  const remove = useMutation(
    trpc.jobs.remove.mutationOptions({
      onSuccess: () => {
        toast.success(`Deleted ${job.name}`)
        // Its pipeline has another job now, or none.
        void queries.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() })
        if (job.draftId !== null) {
          void queries.invalidateQueries({ queryKey: trpc.drafts.get.queryKey({ draftId: job.draftId }) })
        }
        router.push('/jobs')
      },
    }),
  )
  const ask = (): void => {
    remove.reset()
    setAsking(true)
  }
  usePageActions([{ id: 'delete', label: 'Delete from history…', keywords: ['remove'], reason: refusal, run: ask }])
  return (
    <>
      <Reasoned reason={refusal}>
        <Button
          look="danger"
          icon={<Trash2 size={16} strokeWidth={1.5} aria-hidden="true" />}
          disabled={refusal !== null}
          onClick={ask}
        >
          Delete
        </Button>
      </Reasoned>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${job.name} from the history?`}
        action="Delete"
        danger
        busy={remove.isPending}
        error={remove.isError ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate({ jobId: job.jobId })}
      >
        <p>
          Its source, errors, rows, logs and figures go with it, and cannot be brought back. Files that its sinks have
          written stay, and so does its pipeline.
        </p>
      </ConfirmDialog>
    </>
  )
}

/** Says why a button is as it is, on hover and focus. */
function Reasoned({ reason, children }: { readonly reason: string | null; readonly children: ReactNode }) {
  return reason === null ? children : <Tooltip label={reason}>{children}</Tooltip>
}
