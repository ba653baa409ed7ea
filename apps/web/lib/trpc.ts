'use client'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { WebRouter } from '@weir/jobmanager/src/api/trpc/router.ts'
import { goToLogin } from './go-to-login.ts'

const context = createTRPCContext<WebRouter>()

/** Gives its children `useTRPC()`; stands once, in the shell. */
export const TRPCProvider = context.TRPCProvider

/**
 * The procedures of the JobManager as options of React Query:
 * `useQuery(useTRPC().drafts.list.queryOptions())`, `useMutation(useTRPC().jobs.cancel.mutationOptions())`.
 */
export const useTRPC = context.useTRPC

/** The procedures as plain promises, for code outside of components. */
export const useTRPCClient = context.useTRPCClient

export type WebClient = ReturnType<typeof createWebClient>

const PATH = '/trpc'

/** A client of this page's own origin: the web server passes `/trpc` on to the JobManager. */
export function createWebClient() {
  return createTRPCClient<WebRouter>({
    links: [
      splitLink({
        condition: operation => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: PATH }),
        // One request each: in a batch the quick answers would wait for the slow one.
        false: httpLink({ url: PATH }),
      }),
    ],
  })
}

/** A 401 of any call leads to the login page, and from there back to this one. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isUnauthenticated(error)) goToLogin()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        // What was wrong with the request stays wrong; an unreachable server comes back.
        retry: (failures, error) => !isAnswer(error) && failures < 5,
        retryDelay: failures => Math.min(500 * 2 ** failures, 5_000),
      },
    },
  })
}

/** The HTTP status that the server answered with; null when there was no answer of it. */
export function statusOf(error: unknown): number | null {
  if (!(error instanceof TRPCClientError)) return null
  const status: unknown = (error.data as { readonly httpStatus?: unknown } | null | undefined)?.httpStatus
  return typeof status === 'number' ? status : null
}

export function isUnauthenticated(error: unknown): boolean {
  return statusOf(error) === 401
}

export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404
}

/** The JobManager itself has answered (with an error): asking again changes nothing. */
function isAnswer(error: unknown): boolean {
  const status = statusOf(error)
  return status !== null && status < 500
}

/** The sentence to show for a failed call. */
export function messageOf(error: unknown): string {
  if (error instanceof TRPCClientError && statusOf(error) === null) {
    return 'The JobManager cannot be reached. This page tries again by itself.'
  }
  return error instanceof Error ? error.message : String(error)
}
