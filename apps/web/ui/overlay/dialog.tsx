'use client'
import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { CSSProperties, ReactNode } from 'react'
import { IconButton } from '../button/button.tsx'
import styles from './overlay.module.css'
import { useReturnFocus } from './use-return-focus.ts'

export interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  /** One sentence below the title. */
  readonly lead?: ReactNode
  /** In px; never wider than the window. */
  readonly width?: number
  /** The buttons; the one that goes on stands last. */
  readonly actions?: ReactNode
  readonly children?: ReactNode
}

/** A dialog over the page. It holds the focus, Escape closes it, and the focus goes back to where it was. */
export function Dialog({ open, onOpenChange, title, lead, width = 480, actions, children }: DialogProps) {
  const returnFocus = useReturnFocus(open)
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={styles.veil} />
        <Primitive.Content
          {...returnFocus}
          className={styles.dialog}
          style={{ '--width': `${width}px` } as CSSProperties}
          {...(lead === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <div className={styles.head}>
            <Primitive.Title className={styles.title}>{title}</Primitive.Title>
          </div>
          {lead !== undefined && <Primitive.Description className={styles.lead}>{lead}</Primitive.Description>}
          <div className={styles.body}>{children}</div>
          {actions !== undefined && <div className={styles.foot}>{actions}</div>}
          {/* Last, so that the focus begins at the first field. */}
          <div className={styles.close}>
            <Primitive.Close asChild>
              <IconButton bare size="small" label="Close" icon={<X aria-hidden="true" />} />
            </Primitive.Close>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
