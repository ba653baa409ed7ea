'use client'
import { useSyncExternalStore } from 'react'
import { Button, Kbd } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { LANGUAGE } from '../monaco/load-monaco.ts'
import { SKELETON } from './skeleton.ts'
import styles from './start-hint.module.css'

/** How to begin, below the first line of a file that is empty. */
export function StartHint({ session }: { readonly session: CodeSession }) {
  const { model } = session
  const isEmpty = useSyncExternalStore(
    listener => {
      const subscription = model.onDidChangeContent(listener)
      return () => subscription.dispose()
    },
    () => !model.isDisposed() && model.getLanguageId() === LANGUAGE && model.getValueLength() === 0,
  )
  if (!isEmpty) return null
  return (
    <div className={styles.hint}>
      <p>
        Nothing here yet. Type <Kbd>new job</Kbd>, or a name such as <code>StreamExecutionEnvironment</code>, which
        brings its import along.
      </p>
      <Button
        size="small"
        onClick={() => {
          session.replaceAll(SKELETON)
          session.focus()
        }}
      >
        Insert a skeleton
      </Button>
    </div>
  )
}
