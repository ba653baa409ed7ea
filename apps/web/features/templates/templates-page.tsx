'use client'
import { Page, PageHeader } from '@/ui/index.ts'

export function TemplatesPage() {
  return (
    <Page>
      <PageHeader title="templates" />
    </Page>
  )
}
