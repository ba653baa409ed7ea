'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { DraftSummary } from '@weir/proto/web/drafts'
import { type FormEvent, useId, useState } from 'react'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { Button, Dialog, Field, Input } from '@/ui/index.ts'

export interface DraftDialogProps {
  readonly draft: DraftSummary
  readonly onClose: () => void
}

/** Asks for another name of a pipeline. */
export function RenameDraftDialog({ draft, onClose }: DraftDialogProps) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const form = useId()
  const [name, setName] = useState(draft.name)
  const rename = useMutation(
    trpc.drafts.rename.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() })
        void queryClient.invalidateQueries({ queryKey: trpc.drafts.get.queryKey({ draftId: draft.draftId }) })
        onClose()
      },
    }),
  )
  const empty = name.trim() === ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!empty) rename.mutate({ draftId: draft.draftId, name: name.trim() })
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title="Rename the pipeline"
      width={420}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" form={form} look="primary" busy={rename.isPending} disabled={empty}>
            Rename
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field
          label="Name"
          error={empty ? 'It needs a name.' : rename.error === null ? undefined : messageOf(rename.error)}
        >
          {control => (
            <Input
              {...control}
              value={name}
              maxLength={200}
              onChange={event => setName(event.target.value)}
              onFocus={event => event.target.select()}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
