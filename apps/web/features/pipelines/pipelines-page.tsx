'use client'
import { Page, PageHeader } from '@/ui/index.ts'

export function PipelinesPage() {
  return (
    <Page>
      <PageHeader title="pipelines" />
    </Page>
  )
}
