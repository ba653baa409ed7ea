'use client'
import { MapPinOff } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { EmptyState, LinkButton, Page, VisuallyHidden } from '@/ui/index.ts'
import { useCrumbs } from './crumbs.tsx'

/** An address that leads nowhere, inside the frame. */
export function NotFoundPage() {
  const path = usePathname()
  useCrumbs([{ label: 'Not found' }])
  return (
    <Page>
      <VisuallyHidden>
        <h1>There is no such page</h1>
      </VisuallyHidden>
      <EmptyState
        icon={<MapPinOff aria-hidden="true" />}
        title="There is no such page"
        actions={
          <>
            <LinkButton look="primary" href="/">
              Home
            </LinkButton>
            <LinkButton href="/jobs">Jobs</LinkButton>
            <LinkButton href="/pipelines">Pipelines</LinkButton>
          </>
        }
      >
        Nothing stands at <code>{path}</code>.
      </EmptyState>
    </Page>
  )
}
