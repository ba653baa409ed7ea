import type { Metadata } from 'next'
import { NotFoundPage } from '@/features/shell/not-found-page.tsx'

export const metadata: Metadata = { title: 'Not found' }

/** Any other address: inside the frame, so that the way on is there. */
export default function Missing() {
  return <NotFoundPage />
}
