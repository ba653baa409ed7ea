'use client'
import { AlertDialog } from 'radix-ui'
import type { CSSProperties, ReactNode } from 'react'
import { Button } from '../button/button.tsx'
import { Mark } from '../status/mark.tsx'
import confirmStyles from './confirm-dialog.module.css'
import styles from './overlay.module.css'
import { useReturnFocus } from './use-return-focus.ts'

export interface ConfirmDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** The question: `Delete clicks-per-minute?` */
  readonly title: ReactNode
  /** What will happen, and what is lost. */
  readonly children: ReactNode
  /** What the button does, as a verb: `Delete`. */
  readonly action: string
  /** Something is lost. */
  readonly danger?: boolean
  readonly busy?: boolean
  /** Why it did not work; the dialog stays open. */
  readonly error?: string | null
  readonly onConfirm: () => void
}

/** Asks before something that cannot be taken back. The focus is on the way out; a click beside it does not close it. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  children,
  action,
  danger = false,
  busy = false,
  error = null,
  onConfirm,
}: ConfirmDialogProps) {
  const returnFocus = useReturnFocus(open)
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={styles.veil} />
        <AlertDialog.Content {...returnFocus} className={styles.dialog} style={{ '--width': '440px' } as CSSProperties}>
          <div className={styles.head}>
            <AlertDialog.Title className={styles.title}>{title}</AlertDialog.Title>
          </div>
          <AlertDialog.Description asChild>
            <div className={styles.body}>
              <div className={confirmStyles.text}>{children}</div>
              {error !== null && (
                <p className={confirmStyles.error} role="alert">
                  <Mark shape="fail" />
                  {error}
                </p>
              )}
            </div>
          </AlertDialog.Description>
          <div className={styles.foot}>
            <AlertDialog.Cancel asChild>
              <Button>Not now</Button>
            </AlertDialog.Cancel>
            <Button look={danger ? 'danger-filled' : 'primary'} busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
