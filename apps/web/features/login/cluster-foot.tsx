'use client'
import { useQuery } from '@tanstack/react-query'
import styles from './login.module.css'

/** Whether there is a cluster to log in to: asked again every 3 s. */
export function ClusterFoot() {
  const { data: reachable } = useQuery({
    queryKey: ['reachable'],
    queryFn: askWhetherReachable,
    refetchInterval: 3_000,
    retry: false,
  })
  return (
    <footer className={styles.foot}>
      <span role="status">
        JobManager {reachable === undefined ? '…' : reachable ? 'is reachable' : 'cannot be reached; trying again'}
      </span>
    </footer>
  )
}

async function askWhetherReachable(): Promise<boolean> {
  try {
    const response = await fetch('/api/v1/health', { cache: 'no-store' })
    return response.ok
  } catch {
    return false
  }
}
