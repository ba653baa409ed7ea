'use client'
import { Check, ChevronDown, Minus, Search, X } from 'lucide-react'
import { Checkbox as CheckboxPrimitive } from 'radix-ui'
import { type ComponentProps, type ReactNode, useId, useRef } from 'react'
import { IconButton } from '../button/button.tsx'
import { cx } from '../cx.ts'
import styles from './form.module.css'

interface Looks {
  /** 28, 32 or 40 px high. */
  readonly inputSize?: 'small' | 'medium' | 'large'
  /** For code, ids and numbers. */
  readonly mono?: boolean
}

function classOf({ inputSize = 'medium', mono = false }: Looks, ...more: (string | undefined)[]): string {
  const size = inputSize === 'small' ? styles.small : inputSize === 'large' ? styles.large : undefined
  return cx(styles.input, size, mono && styles.mono, ...more)
}

/** One line of text. */
export function Input({ inputSize, mono, className, ...rest }: Looks & ComponentProps<'input'>) {
  return <input spellCheck={false} autoComplete="off" {...rest} className={classOf({ inputSize, mono }, className)} />
}

/** Several lines of text. */
export function TextArea({ mono, className, ...rest }: Pick<Looks, 'mono'> & ComponentProps<'textarea'>) {
  return <textarea spellCheck={false} rows={6} {...rest} className={classOf({ mono }, styles.area, className)} />
}

export interface SelectProps extends Looks, Omit<ComponentProps<'select'>, 'children'> {
  readonly options: readonly { readonly value: string; readonly label: string; readonly disabled?: boolean }[]
}

/** One of several values: the browser's own control, in our look. */
export function Select({ options, inputSize, mono, className, ...rest }: SelectProps) {
  return (
    <span className={styles.selectBox}>
      <select {...rest} className={classOf({ inputSize, mono }, styles.select, className)}>
        {options.map(({ value, label, disabled }) => (
          <option key={value} value={value} disabled={disabled}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden="true" />
    </span>
  )
}

export interface SearchInputProps
  extends Looks,
    Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type' | 'aria-label'> {
  /** What is searched: `Search jobs`. Its name, and the placeholder unless there is another. */
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A filter as you type, with a cross that empties it; Escape does too. */
export function SearchInput({ label, value, onChange, inputSize, mono, className, ...rest }: SearchInputProps) {
  const input = useRef<HTMLInputElement>(null)
  const clear = (): void => {
    onChange('')
    input.current?.focus()
  }
  return (
    <span className={cx(styles.searchBox, className)}>
      <Search aria-hidden="true" />
      <input
        ref={input}
        type="search"
        spellCheck={false}
        autoComplete="off"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape' || value === '') return
          event.stopPropagation()
          clear()
        }}
        {...rest}
        className={classOf({ inputSize, mono }, styles.search)}
      />
      {value !== '' && (
        <IconButton
          bare
          size="tiny"
          label="Clear"
          icon={<X aria-hidden="true" />}
          className={styles.clear}
          onClick={clear}
        />
      )}
    </span>
  )
}

export interface CheckboxProps {
  readonly checked: boolean | 'indeterminate'
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
  readonly children: ReactNode
}

/** Yes or no, with its label. */
export function Checkbox({ checked, onChange, disabled = false, children }: CheckboxProps) {
  const id = useId()
  return (
    <label className={styles.checkbox} htmlFor={id}>
      <CheckboxPrimitive.Root
        id={id}
        className={styles.box}
        checked={checked}
        disabled={disabled}
        onCheckedChange={next => onChange(next === true)}
      >
        <CheckboxPrimitive.Indicator>
          {checked === 'indeterminate' ? <Minus aria-hidden="true" /> : <Check aria-hidden="true" />}
        </CheckboxPrimitive.Indicator>
      </CheckboxPrimitive.Root>
      <span>{children}</span>
    </label>
  )
}
