'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { ConfirmDialog, toast } from '@/ui/index.ts'
import type { DraftDialogProps } from './rename-draft-dialog.tsx'

/** Asks before a pipeline is deleted, and says what goes with it. */
export function DeleteDraftDialog({ draft, onClose }: DraftDialogProps) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const remove = useMutation(
    trpc.drafts.remove.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() })
        toast.success(`Deleted ${draft.name}`)
        onClose()
      },
    }),
  )
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={`Delete ${draft.name}?`}
      action="Delete"
      danger
      busy={remove.isPending}
      error={remove.error === null ? null : messageOf(remove.error)}
      onConfirm={() => remove.mutate({ draftId: draft.draftId })}
    >
      Its code, its history of versions and its sample data are deleted for good.
      {draft.jobId !== null && ' The job that was deployed from it stays as it is.'}
    </ConfirmDialog>
  )
}
