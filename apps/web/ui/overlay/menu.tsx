'use client'
import Link from 'next/link'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import styles from './overlay.module.css'
import { portalContainer } from './portal-container.ts'

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly align?: 'start' | 'end'
  readonly children: ReactNode
}

/** A menu below its button: arrow keys, first letters, Escape. */
export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={portalContainer()}>
        <DropdownMenu.Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export interface MenuItemProps {
  readonly icon?: ReactNode
  /** On the right: keys, or a tick. */
  readonly end?: ReactNode
  readonly danger?: boolean
  readonly disabled?: boolean
  /** It leads there. */
  readonly href?: string
  readonly onSelect?: () => void
  readonly children: ReactNode
}

export function MenuItem({ icon, end, danger = false, disabled = false, href, onSelect, children }: MenuItemProps) {
  const content = (
    <>
      {icon}
      {children}
      {end !== undefined && <span className={styles.itemEnd}>{end}</span>}
    </>
  )
  return (
    <DropdownMenu.Item
      className={cx(styles.item, danger && styles.danger)}
      disabled={disabled}
      onSelect={onSelect}
      asChild={href !== undefined}
    >
      {href === undefined ? content : <Link href={href}>{content}</Link>}
    </DropdownMenu.Item>
  )
}

export interface MenuChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string; readonly icon?: ReactNode }[]
}

/** One of several, inside a menu. */
export function MenuChoice<T extends string>({ label, value, onChange, options }: MenuChoiceProps<T>) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={next => onChange(next as T)}>
      <DropdownMenu.Label className={styles.menuLabel}>{label}</DropdownMenu.Label>
      {options.map(option => (
        <DropdownMenu.RadioItem
          key={option.value}
          value={option.value}
          className={styles.item}
          onSelect={event => event.preventDefault()}
        >
          {option.icon}
          {option.label}
          <span className={styles.itemEnd}>
            <DropdownMenu.ItemIndicator>
              <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                <path d="M2 6.500 5 9.500 10.500 3" fill="none" stroke="currentColor" strokeWidth="1.75" />
              </svg>
            </DropdownMenu.ItemIndicator>
          </span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

/** A small heading inside a menu. */
export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <DropdownMenu.Label className={styles.menuLabel}>{children}</DropdownMenu.Label>
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className={styles.separator} />
}
