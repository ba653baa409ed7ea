'use client'
import { type ReactNode, useId } from 'react'
import { Mark } from '../status/mark.tsx'
import styles from './form.module.css'

/** What a control inside a field must carry. */
export interface FieldControl {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
}

export interface FieldProps {
  readonly label: ReactNode
  /** What to enter, below the control. */
  readonly hint?: ReactNode
  /** What is wrong with it; takes the place of the hint and is read out. */
  readonly error?: ReactNode
  readonly optional?: boolean
  readonly children: (control: FieldControl) => ReactNode
}

/** Label, control, and what is to be said about it: `<Field label="Name">{control => <Input {...control} />}</Field>`. */
export function Field({ label, hint, error, optional = false, children }: FieldProps) {
  const id = useId()
  const wrong = error !== undefined && error !== null && error !== ''
  const described = wrong ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
        {optional && <span className={styles.optional}>optional</span>}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': wrong || undefined })}
      {wrong ? (
        <p className={styles.error} id={`${id}-error`} role="alert">
          <Mark shape="fail" />
          {error}
        </p>
      ) : (
        hint !== undefined && (
          <p className={styles.hint} id={`${id}-hint`}>
            {hint}
          </p>
        )
      )}
    </div>
  )
}
