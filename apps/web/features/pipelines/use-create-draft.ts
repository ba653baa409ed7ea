'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { NewDraft } from '@weir/jobmanager/src/api/trpc/services.ts'
import { useRouter } from 'next/navigation'
import { draftPath } from '@/lib/paths.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { toast } from '@/ui/index.ts'

/** Makes a draft (blank, of a template, of a job, of a file) and opens it in the editor. */
export function useCreateDraft() {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const creation = useMutation(
    trpc.drafts.create.mutationOptions({
      onSuccess(draft) {
        queryClient.setQueryData(trpc.drafts.get.queryKey({ draftId: draft.draftId }), draft)
        void queryClient.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() })
        router.push(draftPath(draft.draftId))
      },
      onError: error => toast.error('No pipeline was made', { description: messageOf(error) }),
    }),
  )
  return {
    create: (request: NewDraft) => creation.mutate(request),
    /** What is being made, until its page is there. */
    making: creation.isPending || creation.isSuccess ? (creation.variables as NewDraft) : null,
  }
}
