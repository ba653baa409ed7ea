'use client'
import { useOverview } from '@/lib/live/index.ts'
import { Page, PageHeader } from '@/ui/index.ts'

export function HomePage() {
  const overview = useOverview()
  return (
    <Page>
      <PageHeader title="Home" />
      {overview.state}
    </Page>
  )
}
