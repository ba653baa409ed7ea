'use client'
import { useEffect } from 'react'
import { ErrorState, LinkButton, Page } from '@/ui/index.ts'

export interface PageErrorProps {
  readonly error: Error & { readonly digest?: string }
  readonly reset: () => void
}

/** What stands in the place of a page with a mistake in it. */
export function PageError({ error, reset }: PageErrorProps) {
  useEffect(() => console.error(error), [error])
  return (
    <Page>
      <ErrorState
        title="This page has run into a mistake of ours"
        onRetry={reset}
        actions={<LinkButton href="/">Home</LinkButton>}
      >
        {error.message}
      </ErrorState>
    </Page>
  )
}
