import type { ReactNode } from 'react'
import { Shell } from '@/features/shell/shell.tsx'

/** Every page of somebody who is logged in. */
export default function AppLayout({ children }: { readonly children: ReactNode }) {
  return <Shell>{children}</Shell>
}
