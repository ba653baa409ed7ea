'use client'
import { Tooltip as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from '../text/kbd.tsx'
import { portalContainer } from './portal-container.ts'
import styles from './tooltip.module.css'

export interface TooltipProps {
  /** What it says; nothing is shown for null. */
  readonly label: ReactNode
  readonly keys?: string
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** One element that can take the focus. */
  readonly children: ReactNode
}

/** Words for an element, on hover and on focus; Escape closes it. Never holds what cannot be had without it. */
export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  if (label === null || label === undefined || label === '') return children
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal container={portalContainer()}>
        <Primitive.Content className={styles.tooltip} side={side} sideOffset={6} collisionPadding={8}>
          {label}
          {keys !== undefined && <Kbd>{keys}</Kbd>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

/** Stands once around the app: the next tooltip after one comes without delay. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Primitive.Provider delayDuration={400} skipDelayDuration={200}>
      {children}
    </Primitive.Provider>
  )
}
