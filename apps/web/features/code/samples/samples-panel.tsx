'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Draft, SampleFile } from '@weir/proto/web/drafts'
import { ClipboardPaste, FileText, Trash2, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { formatBytes } from '@/lib/format'
import { messageOf, useTRPC } from '@/lib/trpc'
import { Button, ConfirmDialog, CopyButton, cx, IconButton, toast, VisuallyHidden } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { PasteDialog } from './paste-dialog.tsx'
import { putSample } from './put-sample.ts'
import styles from './samples-panel.module.css'

/** Input for a fileSource: files and pasted lines that belong to this pipeline. */
export function SamplesPanel({ draft, session }: { readonly draft: Draft; readonly session: CodeSession }) {
  const [pasting, setPasting] = useState(false)
  const [over, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const upload = useUpload(draft.draftId)
  const take = (files: FileList | null): void => {
    for (const file of files ?? []) upload.mutate({ name: file.name, content: file })
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra way; the buttons do the same
    <div
      className={cx(styles.panel, over && styles.over)}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={drop}
    >
      <div className={styles.bar}>
        <Button
          size="small"
          busy={upload.isPending}
          icon={<Upload size={14} aria-hidden="true" />}
          onClick={() => picker.current?.click()}
        >
          Upload a file
        </Button>
        <Button size="small" icon={<ClipboardPaste size={14} aria-hidden="true" />} onClick={() => setPasting(true)}>
          Paste lines
        </Button>
        <span className={styles.hint} role="status">
          {upload.isSuccess ? (
            <>
              <b>{upload.data.name}</b> is uploaded. <b>Insert source</b> writes the code that reads it.
            </>
          ) : (
            'or drop files here. A job reads them with fileSource.'
          )}
        </span>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files to upload"
          onChange={event => {
            take(event.target.files)
            event.target.value = ''
          }}
        />
      </div>
      {draft.samples.length > 0 && (
        <ul className={styles.list} aria-label="Sample files">
          {draft.samples.map(sample => (
            <Sample key={sample.name} draft={draft} sample={sample} session={session} />
          ))}
        </ul>
      )}
      {pasting && (
        <PasteDialog
          taken={draft.samples.map(({ name }) => name)}
          onClose={() => setPasting(false)}
          onKeep={async (name, text) => {
            await upload.mutateAsync({ name, content: new Blob([text], { type: 'text/plain' }) })
          }}
        />
      )}
    </div>
  )
}

function useUpload(draftId: string) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ name, content }: { readonly name: string; readonly content: Blob }) =>
      putSample(draftId, name, content),
    onError: (error, { name }) => toast.error(`${name} was not kept`, { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.drafts.get.queryKey({ draftId }) }),
  })
}

interface SampleProps {
  readonly draft: Draft
  readonly sample: SampleFile
  readonly session: CodeSession
}

function Sample({ draft, sample, session }: SampleProps) {
  const [asking, setAsking] = useState(false)
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { draftId } = draft
  const { name } = sample
  const remove = useMutation(
    trpc.drafts.removeSample.mutationOptions({
      onSuccess: () => setAsking(false),
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.drafts.get.queryKey({ draftId }) }),
    }),
  )
  const insert = (): void => {
    session
      .insertSample(sample)
      .catch((error: unknown) => toast.error('It was not inserted', { description: messageOf(error) }))
  }
  return (
    <li className={styles.sample}>
      <FileText size={16} aria-hidden="true" className={styles.icon} />
      <span className={styles.file} title={sample.path}>
        <b className={styles.name}>{name}</b>
        <span className={styles.size}>{formatBytes(sample.sizeBytes)}</span>
      </span>
      <pre className={styles.head}>{sample.head === '' ? '(empty)' : firstLines(sample.head)}</pre>
      <span className={styles.actions}>
        <Button size="small" title="Writes a fileSource that reads it, where the caret stands" onClick={insert}>
          Insert source<VisuallyHidden> for {name}</VisuallyHidden>
        </Button>
        <CopyButton text={sample.path} label={`Copy the path of ${name}`} />
        <IconButton
          size="small"
          look="danger"
          label={`Delete ${name}`}
          icon={<Trash2 aria-hidden="true" />}
          onClick={() => setAsking(true)}
        />
      </span>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        action="Delete"
        danger
        busy={remove.isPending}
        error={remove.error === null ? null : messageOf(remove.error)}
        onConfirm={() => remove.mutate({ draftId, name })}
      >
        Jobs that read it fail when they are started again.
      </ConfirmDialog>
    </li>
  )
}

const HEAD_LINES = 3

function firstLines(head: string): string {
  const lines = head.replace(/\n$/, '').split('\n')
  return lines.length <= HEAD_LINES ? lines.join('\n') : `${lines.slice(0, HEAD_LINES).join('\n')}\n…`
}
