'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Template } from '@weir/proto/web/drafts'
import { useRouter } from 'next/navigation'
import { draftPath, jobPath } from '@/lib/paths.ts'
import { messageOf, useTRPC, useTRPCClient } from '@/lib/trpc.ts'
import { toast } from '@/ui/index.ts'

/** From a template to its running job in one step: makes the draft, deploys it, opens the job. */
export function useRunTemplate() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const router = useRouter()
  const run = useMutation({
    mutationKey: ['run-template'],
    async mutationFn(template: Pick<Template, 'id' | 'title'>) {
      const draft = await client.drafts.create.mutate({ from: 'template', templateId: template.id })
      const { draftId, revision, name } = draft
      return { draftId, outcome: await client.drafts.deploy.mutate({ draftId, revision, name, parallelism: null }) }
    },
    onSuccess({ draftId, outcome }) {
      if (outcome.ok) {
        router.push(jobPath(outcome.jobId))
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
