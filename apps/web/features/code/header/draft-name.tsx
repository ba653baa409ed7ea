'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Draft } from '@weir/proto/web/drafts'
import { Pencil } from 'lucide-react'
import { useRef, useState } from 'react'
import { messageOf, useTRPC } from '@/lib/trpc'
import { IconButton, Input, toast } from '@/ui'
import styles from './code-header.module.css'

/** The name of a draft, changed in its place: Enter or a click elsewhere keeps it, Escape does not. */
export function DraftName({ draft }: { readonly draft: Draft }) {
  const [text, setText] = useState<string | null>(null)
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const trigger = useRef<HTMLButtonElement>(null)
  const key = trpc.drafts.get.queryKey({ draftId: draft.draftId })
  const rename = useMutation(
    trpc.drafts.rename.mutationOptions({
      onMutate: ({ name }) =>
        queryClient.setQueryData(key, before => (before === undefined ? before : { ...before, name })),
      onError(error) {
        toast.error('The name was not changed', { description: messageOf(error) })
        queryClient.setQueryData(key, before => (before === undefined ? before : { ...before, name: draft.name }))
      },
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.drafts.list.queryKey() }),
    }),
  )
  const finish = (keep: boolean): void => {
    const name = text?.trim() ?? ''
    setText(null)
    if (keep && name !== '' && name !== draft.name) rename.mutate({ draftId: draft.draftId, name })
    // The field that had the focus is gone.
    requestAnimationFrame(() => trigger.current?.focus())
  }
  if (text !== null) {
    return (
      <form
        className={styles.name}
        onSubmit={event => {
          event.preventDefault()
          finish(true)
        }}
      >
        <Input
          className={styles.nameInput}
          aria-label="Name of the pipeline"
          maxLength={200}
          autoFocus
          value={text}
          onFocus={event => event.currentTarget.select()}
          onChange={event => setText(event.target.value)}
          onBlur={() => text !== null && finish(true)}
          onKeyDown={event => {
            if (event.key === 'Escape') finish(false)
          }}
        />
      </form>
    )
  }
  return (
    <div className={styles.name}>
      <h1 title={draft.name}>{draft.name}</h1>
      <IconButton
        ref={trigger}
        size="tiny"
        label="Rename"
        icon={<Pencil aria-hidden="true" />}
        onClick={() => setText(draft.name)}
      />
    </div>
  )
}
