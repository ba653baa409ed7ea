'use client'
import { useQuery } from '@tanstack/react-query'
import type { Me } from '@weir/jobmanager/src/api/trpc/procedure.ts'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { noteLoggedIn } from '@/lib/go-to-login.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { ErrorState, Loading } from '@/ui/index.ts'

export type { Me }

const SessionContext = createContext<Me | null>(null)

/** Asks who is logged in, before anything that needs to know is shown. 401 leads to the login page (lib/trpc.ts). */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const me = useQuery({
    ...useTRPC().session.me.queryOptions(),
    staleTime: 60_000,
    refetchInterval: query => (query.state.status === 'error' ? 2_000 : false),
  })
  const known = me.data !== undefined
  useEffect(() => {
    if (known) noteLoggedIn()
  }, [known])
  if (me.data !== undefined) return <SessionContext value={me.data}>{children}</SessionContext>
  if (me.error !== null) {
    return (
      <ErrorState title="The JobManager does not answer" fill onRetry={() => void me.refetch()}>
        {messageOf(me.error)}
      </ErrorState>
    )
  }
  return <Loading what="the page" />
}

/** Who is logged in; null while that is not known yet (only the frame itself sees that). */
export function useMeOrNull(): Me | null {
  const trpc = useTRPC()
  return useQuery({ ...trpc.session.me.queryOptions(), staleTime: 60_000 }).data ?? null
}

/** Who is logged in, and what they may do. */
export function useMe(): Me {
  const me = useContext(SessionContext)
  if (me === null) throw new Error('the session is read outside of the shell')
  return me
}
