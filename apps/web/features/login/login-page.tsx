'use client'
import { Page, PageHeader } from '@/ui/index.ts'

export function LoginPage() {
  return (
    <Page>
      <PageHeader title="login" />
    </Page>
  )
}
