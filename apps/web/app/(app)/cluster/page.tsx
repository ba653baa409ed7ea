import type { Metadata } from 'next'
import { ClusterPage } from '@/features/cluster/cluster-page.tsx'

export const metadata: Metadata = { title: 'Cluster' }

export default function Cluster() {
  return <ClusterPage />
}
