'use client'
import { useSyncExternalStore } from 'react'
import { Command } from '@/ui/index.ts'
import { forwardLine } from './forward-line.ts'
import styles from './login.module.css'

/** For somebody whose cluster is on another machine: how to reach its pages and open its links here. */
export function RemoteHint() {
  const port = useSyncExternalStore(
    () => () => undefined,
    () => window.location.port || '80',
    () => '8080',
  )
  return (
    <div className={styles.hint}>
      On another machine? Forward its port, then open the link here:
      <Command text={forwardLine(port)} />
    </div>
  )
}
