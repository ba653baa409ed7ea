'use client'
import type { Draft } from '@weir/proto/web/drafts'
import { Redo2, Undo2 } from 'lucide-react'
import { Badge, IconButton } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { countsOf } from '../problems/problems.ts'
import { StartHint } from '../start/start-hint.tsx'
import { useStore } from '../store.ts'
import { CodeEditor } from './code-editor.tsx'
import styles from './code-pane.module.css'

/** The file, with its errors counted beside its name. */
export function CodePane({ draft, session }: { readonly draft: Draft; readonly session: CodeSession }) {
  const { errors } = countsOf(useStore(session.problems))
  return (
    <section className={styles.pane} aria-label="Code">
      <div className={styles.head}>
        <span className={styles.file}>
          {draft.fileName}
          {errors > 0 && (
            <Badge tone="error">
              <span aria-label={errors === 1 ? '1 error' : `${errors} errors`} role="img">
                {errors}
              </span>
            </Badge>
          )}
        </span>
        <span className={styles.spacer} />
        <IconButton
          size="small"
          label="Undo"
          keys="⌘Z"
          icon={<Undo2 aria-hidden="true" />}
          onClick={() => session.undo()}
        />
        <IconButton
          size="small"
          label="Redo"
          keys="⇧⌘Z"
          icon={<Redo2 aria-hidden="true" />}
          onClick={() => session.redo()}
        />
      </div>
      <div className={styles.editor}>
        <CodeEditor session={session} name={draft.name} />
        <StartHint session={session} />
      </div>
    </section>
  )
}
