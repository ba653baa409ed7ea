'use client'
import '@/ui/tokens.css'
import '@/ui/global.css'
import { useEffect } from 'react'
import { Logo } from '@/features/shell/logo.tsx'
import styles from '@/features/shell/screen.module.css'
import { Button } from '@/ui/button/button.tsx'

export interface GlobalErrorProps {
  readonly error: Error
  readonly reset: () => void
}

/** The frame itself threw: all that can still be shown. */
export default function GlobalError({ error, reset }: GlobalErrorProps) {
  useEffect(() => console.error(error), [error])
  return (
    <html lang="en">
      <head>
        <title>Error · Weir</title>
      </head>
      <body>
        <main className={styles.screen} role="alert">
          <Logo size={32} />
          <h1>The page has run into a mistake of ours</h1>
          <p>{error.message}</p>
          <Button onClick={reset}>Try again</Button>
        </main>
      </body>
    </html>
  )
}
