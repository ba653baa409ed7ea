'use client'
import Link from 'next/link'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { cx } from '../cx.ts'
import { Tooltip } from '../overlay/tooltip.tsx'
import styles from './button.module.css'

/** `primary` is the one filled button of a view; `danger` destroys; `danger-filled` confirms that in a dialog. */
export type ButtonLook = 'plain' | 'primary' | 'ghost' | 'danger' | 'danger-filled'
/** 28, 32 or 40 px high. */
export type ButtonSize = 'small' | 'medium' | 'large'

interface Looks {
  readonly look?: ButtonLook
  readonly size?: ButtonSize
  /** As wide as its place. */
  readonly wide?: boolean
  /** Before the words. */
  readonly icon?: ReactNode
}

const LOOKS: Readonly<Record<ButtonLook, string | undefined>> = {
  plain: undefined,
  primary: styles.primary,
  ghost: styles.ghost,
  danger: styles.danger,
  'danger-filled': styles.dangerFilled,
}
const SIZES: Readonly<Record<ButtonSize, string | undefined>> = {
  small: styles.small,
  medium: undefined,
  large: styles.large,
}

function classOf({ look = 'plain', size = 'medium', wide = false }: Looks, className?: string): string {
  return cx(styles.button, LOOKS[look], SIZES[size], wide && styles.wide, className)
}

export interface ButtonProps extends Looks, ComponentProps<'button'> {
  /** Shows that its work is under way; a click does nothing meanwhile. */
  readonly busy?: boolean
}

/**
 * Does something here. A disabled or busy one keeps its focus and its tooltip (`aria-disabled`), so that the keyboard
 * does not lose its place and a reason can be shown.
 */
export function Button({ look, size, wide, icon, busy, disabled, className, children, onClick, ...rest }: ButtonProps) {
  const off = disabled === true || busy === true
  return (
    <button
      type="button"
      {...rest}
      className={cx(classOf({ look, size, wide }, className), disabled && styles.disabled, busy && styles.busy)}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? stop : onClick}
    >
      {busy === true ? <span className={styles.spinner} aria-hidden="true" /> : icon}
      {children}
    </button>
  )
}

function stop(event: MouseEvent): void {
  event.preventDefault()
}

export interface LinkButtonProps extends Looks, ComponentProps<typeof Link> {}

/** Leads somewhere, and looks like a button. */
export function LinkButton({ look, size, wide, icon, className, children, ...rest }: LinkButtonProps) {
  return (
    <Link {...rest} className={classOf({ look, size, wide }, className)}>
      {icon}
      {children}
    </Link>
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** Its name: the tooltip, and what a screen reader says. */
  readonly label: string
  /** The keys that do the same, shown in the tooltip. */
  readonly keys?: string
  readonly icon: ReactNode
  /** 24, 28 or 32 px. */
  readonly size?: 'tiny' | 'small' | 'medium'
  readonly look?: 'plain' | 'danger'
  readonly busy?: boolean
  /** No tooltip, where one would cover what the button is about. */
  readonly bare?: boolean
}

/** A button of one icon, with its name as tooltip. */
export function IconButton({
  label,
  keys,
  icon,
  size = 'medium',
  look = 'plain',
  busy,
  bare = false,
  disabled,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  const off = disabled === true || busy === true
  const button = (
    <button
      type="button"
      aria-label={label}
      {...rest}
      className={cx(
        styles.button,
        styles.icon,
        size === 'tiny' && styles.tiny,
        size === 'small' && styles.small,
        look === 'danger' && styles.danger,
        disabled && styles.disabled,
        className,
      )}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? stop : onClick}
    >
      {busy === true ? <span className={styles.spinner} aria-hidden="true" /> : icon}
    </button>
  )
  return bare ? (
    button
  ) : (
    <Tooltip label={label} keys={keys}>
      {button}
    </Tooltip>
  )
}
