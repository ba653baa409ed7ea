'use client'
import { Page, PageHeader } from '@/ui/index.ts'

export function ApiDocsPage() {
  return (
    <Page>
      <PageHeader title="api-docs" />
    </Page>
  )
}
