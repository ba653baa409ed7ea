'use client'
import { QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { LiveProvider, useConnection } from '@/lib/live/index.ts'
import { createQueryClient, createWebClient, TRPCProvider } from '@/lib/trpc.ts'
import { Toasts, TooltipProvider } from '@/ui/index.ts'
import { CodePageActions } from './code-page-actions.tsx'
import { CrumbsProvider } from './crumbs.tsx'
import { PageActionsProvider } from './page-actions.tsx'

/** Everything that the pages inside the frame reach by hooks. */
export function Providers({ children }: { readonly children: ReactNode }) {
  const [queryClient] = useState(createQueryClient)
  const [client] = useState(createWebClient)
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        <LiveProvider client={client}>
          <TooltipProvider>
            <CrumbsProvider>
              <PageActionsProvider>
                <RefreshAfterOutage />
                <CodePageActions />
                {children}
              </PageActionsProvider>
            </CrumbsProvider>
            <Toasts />
          </TooltipProvider>
        </LiveProvider>
      </TRPCProvider>
    </QueryClientProvider>
  )
}

/** When the JobManager is back, everything on the page is asked for anew: it may have changed, or failed meanwhile. */
function RefreshAfterOutage() {
  const { state } = useConnection()
  const queryClient = useQueryClient()
  const wasAway = useRef(false)
  useEffect(() => {
    if (state === 'disconnected') wasAway.current = true
    if (state !== 'live' || !wasAway.current) return
    wasAway.current = false
    void queryClient.invalidateQueries()
  }, [state, queryClient])
  return null
}
