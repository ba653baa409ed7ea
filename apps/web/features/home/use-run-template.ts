'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Template } from '@weir/proto/web/drafts'
import { useRouter } from 'next/navigation'
import { useConnection } from '@/lib/live'
import { draftPath, jobPath } from '@/lib/paths.ts'
import { rememberStarted } from '@/lib/started-jobs.ts'
import { messageOf, useTRPC, useTRPCClient } from '@/lib/trpc.ts'
import { toast } from '@/ui/index.ts'

/** A template; before the list of them is there, without its graph. */
type Startable = Pick<Template, 'id' | 'title'> & Partial<Pick<Template, 'pipeline'>>

/** From a template to its running job in one step: makes the draft, deploys it, opens the job. */
export function useRunTemplate() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const router = useRouter()
  const { serverNow } = useConnection()
  const run = useMutation({
    mutationKey: ['run-template'],
    async mutationFn(template: Startable) {
      const draft = await client.drafts.create.mutate({ from: 'template', templateId: template.id })
      const { draftId, revision, name } = draft
      return { draft, outcome: await client.drafts.deploy.mutate({ draftId, revision, name, parallelism: null }) }
    },
    onSuccess({ draft, outcome }, { pipeline }) {
      const { draftId, fileName, source, name } = draft
      if (outcome.ok) {
        const { jobId } = outcome
        if (pipeline !== undefined) {
          const { parallelism } = pipeline
          rememberStarted({ jobId, name, parallelism, at: serverNow(), code: { fileName, source, pipeline } })
        }
        router.push(jobPath(jobId))
      } else {
        toast.error('It was not deployed', { description: outcome.message })
        router.push(draftPath(draftId))
      }
    },
    onError: (error, template) => toast.error(`${template.title} did not start`, { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() }),
  })
  return { run: run.mutate, busy: run.isPending || run.isSuccess }
}
