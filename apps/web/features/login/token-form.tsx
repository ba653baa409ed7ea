'use client'
import { type FormEvent, useState } from 'react'
import { Button, Field, Input } from '@/ui/index.ts'
import { logInWithToken } from './log-in.ts'
import styles from './login.module.css'

/** Takes a token and gives a session for it; the token itself is not kept in the browser. */
export function TokenForm({ next }: { readonly next: string }) {
  const [token, setToken] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy) return
    if (token.trim() === '') {
      setError('Paste a token first: ./weir token prints it.')
      return
    }
    setBusy(true)
    const outcome = await logInWithToken(token.trim())
    if (outcome.ok) {
      // The whole page anew, so that nothing of a former session is left in it.
      window.location.assign(next)
      return
    }
    setError(outcome.message)
    setBusy(false)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label="Token" error={error} hint="./weir token prints it.">
        {control => (
          <Input
            {...control}
            type="password"
            name="token"
            autoComplete="off"
            inputSize="large"
            mono
            placeholder="weir_…"
            value={token}
            onChange={event => {
              setToken(event.target.value)
              setError(null)
            }}
          />
        )}
      </Field>
      <Button type="submit" look="primary" size="large" wide busy={busy}>
        Log in
      </Button>
    </form>
  )
}
