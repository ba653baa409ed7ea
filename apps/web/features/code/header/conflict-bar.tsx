'use client'
import { useState } from 'react'
import { formatDateTime } from '@/lib/format'
import { Button, Dialog, Mark, toast } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { DiffView } from '../history/diff-view.tsx'
import { useStore } from '../store.ts'
import styles from './code-header.module.css'

/** Somebody else saved in between: says so, shows the difference, and lets whoever sits here choose. */
export function ConflictBar({ session }: { readonly session: CodeSession }) {
  const save = useStore(session.autosave.state)
  const [comparing, setComparing] = useState(false)
  if (save.phase !== 'conflict') return null
  const { current } = save

  const takeTheirs = (): void => {
    const text = session.autosave.takeTheirs()
    setComparing(false)
    if (text === undefined) return
    session.replaceAll(text)
    toast.info('The saved text is shown', { description: 'Undo brings yours back.' })
  }
  const keepMine = (): void => {
    session.autosave.keepMine()
    setComparing(false)
    toast.info('Your text is saved', { description: 'The other one is in the history.' })
  }
  const choice = (
    <>
      <Button onClick={takeTheirs}>Take theirs</Button>
      <Button look="primary" onClick={keepMine}>
        Keep mine
      </Button>
    </>
  )
  return (
    <div className={styles.bar} role="alert">
      <Mark shape="warn" size={16} />
      <p>
        <b>Edited elsewhere.</b> {current.editedBy} saved another text at {formatDateTime(current.editedAt)}. Yours is
        kept in this browser and not saved until you choose.
      </p>
      <Button onClick={() => setComparing(true)}>Show the difference</Button>
      {choice}
      <Dialog
        open={comparing}
        onOpenChange={setComparing}
        title="Edited elsewhere"
        lead={`Left: what ${current.editedBy} saved. Right: the text on this page.`}
        width={1200}
        actions={choice}
      >
        <DiffView session={session} before={current.source} after={session.model.getValue()} label="Theirs and mine" />
      </Dialog>
    </div>
  )
}
