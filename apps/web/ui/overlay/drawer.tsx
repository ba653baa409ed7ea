'use client'
import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { CSSProperties, ReactNode } from 'react'
import { IconButton } from '../button/button.tsx'
import styles from './overlay.module.css'
import { useReturnFocus } from './use-return-focus.ts'

export interface DrawerProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  /** Between the title and the cross. */
  readonly actions?: ReactNode
  /** In px. */
  readonly width?: number
  readonly children: ReactNode
}

/** A panel from the right over the page, for what is read beside it. */
export function Drawer({ open, onOpenChange, title, actions, width = 400, children }: DrawerProps) {
  const returnFocus = useReturnFocus(open)
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={styles.veil} />
        <Primitive.Content
          {...returnFocus}
          className={styles.drawer}
          style={{ '--width': `${width}px` } as CSSProperties}
          aria-describedby={undefined}
        >
          <div className={styles.drawerHead}>
            <Primitive.Title className={styles.drawerTitle}>{title}</Primitive.Title>
            {actions}
            <Primitive.Close asChild>
              <IconButton bare label="Close" icon={<X aria-hidden="true" />} />
            </Primitive.Close>
          </div>
          <div className={styles.drawerBody}>{children}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
