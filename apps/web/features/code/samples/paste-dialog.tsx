'use client'
import { useState } from 'react'
import { countOf } from '@/lib/format'
import { messageOf } from '@/lib/trpc'
import { Button, Dialog, Field, Input, TextArea } from '@/ui'
import { endingOf, freeName } from './sample-path.ts'
import styles from './samples-panel.module.css'

export interface PasteDialogProps {
  /** Names that are taken: the same name again replaces the file. */
  readonly taken: readonly string[]
  readonly onClose: () => void
  /** Throws when it was not kept. */
  readonly onKeep: (name: string, text: string) => Promise<void>
}

/** A few lines as a file. */
export function PasteDialog({ taken, onClose, onKeep }: PasteDialogProps) {
  const [text, setText] = useState('')
  const [ownName, setOwnName] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const name = ownName ?? freeName(taken, endingOf(text))
  const lines = text === '' ? 0 : text.replace(/\n$/, '').split('\n').length

  const keep = async (): Promise<void> => {
    setBusy(true)
    try {
      await onKeep(name.trim(), text.endsWith('\n') ? text : `${text}\n`)
      onClose()
    } catch (failure) {
      setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title="Paste lines"
      lead="One record a line. They are kept as a file that a fileSource can read."
      width={640}
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" busy={busy} disabled={text === '' || name.trim() === ''} onClick={() => void keep()}>
            Keep as {name.trim() === '' ? 'a file' : name.trim()}
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <Field label="Lines" hint={countOf(lines, 'line')} error={error}>
          {control => (
            <TextArea
              {...control}
              mono
              rows={10}
              value={text}
              autoFocus
              onChange={event => setText(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name" hint={taken.includes(name) ? 'Replaces the file of this name.' : undefined}>
          {control => (
            <Input {...control} mono maxLength={100} value={name} onChange={event => setOwnName(event.target.value)} />
          )}
        </Field>
      </div>
    </Dialog>
  )
}
