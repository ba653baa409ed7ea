'use client'
import type { Me } from './session.tsx'
import { useMe } from './session.tsx'

type Permission = Me['permissions'][number]

/**
 * Whether the one who is logged in may do something, and what to say where it is not so:
 * `const mayRun = useMay('jobs:submit')`, `<Button disabled={!mayRun.allowed} title={mayRun.reason}>`.
 */
export function useMay(permission: Permission): { readonly allowed: boolean; readonly reason: string | undefined } {
  const me = useMe()
  const allowed = me.permissions.includes(permission)
  return { allowed, reason: allowed ? undefined : `Your role, ${me.role}, does not allow this` }
}
