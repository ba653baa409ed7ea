'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '@/lib/trpc.ts'

type Right = 'jobs:operate' | 'jobs:submit'

const NEEDED: Readonly<Record<Right, string>> = { 'jobs:operate': 'operator', 'jobs:submit': 'developer' }

/** Why the caller may not do something, as a sentence; null when it may, or when that is not known yet (the server checks). */
export function useRefusal(): (right: Right) => string | null {
  const trpc = useTRPC()
  const { data: me } = useQuery(trpc.session.me.queryOptions(undefined, { staleTime: 5 * 60_000 }))
  return right =>
    me === undefined || me.permissions.includes(right)
      ? null
      : `${me.name} has the role ${me.role}: this needs ${NEEDED[right]}`
}
