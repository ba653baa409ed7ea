import type { Metadata } from 'next'
import { ApiDocsPage } from '@/features/api-docs/api-docs-page.tsx'

export const metadata: Metadata = { title: 'API docs' }

export default function ApiDocs() {
  return <ApiDocsPage />
}
