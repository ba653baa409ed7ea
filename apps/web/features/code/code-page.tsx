'use client'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useCrumbs } from '@/features/shell/crumbs'
import { isNotFound, messageOf, statusOf, useTRPC } from '@/lib/trpc'
import { ErrorState, LinkButton } from '@/ui'
import { CodeSkeleton } from './layout/code-skeleton.tsx'

/** Monaco and all that stands around it are loaded when a pipeline is opened, never on the server. */
const CodeWorkbench = dynamic(() => import('./code-workbench.tsx').then(module => module.CodeWorkbench), {
  ssr: false,
  loading: () => <CodeSkeleton />,
})

/** The page of one pipeline: its code, its graph, and what is wrong with it. */
export function CodePage({ draftId }: { readonly draftId: string }) {
  const trpc = useTRPC()
  const draft = useQuery(
    trpc.drafts.get.queryOptions(
      { draftId },
      // Asked again whenever the page is looked at: another tab may have saved. Never
      // begins with an old text, and asks without end until there is an answer.
      { staleTime: 0, gcTime: 0, retry: (_count: number, error: unknown) => !isRefused(error), retryDelay: 1_500 },
    ),
  )
  const name = draft.data?.name
  useCrumbs(name === undefined ? null : [{ label: 'Pipelines', href: '/pipelines' }, { label: name }])
  if (draft.data !== undefined) return <CodeWorkbench draft={draft.data} />
  if (draft.error !== null && isRefused(draft.error)) {
    return isNotFound(draft.error) ? (
      <ErrorState
        fill
        title="This pipeline is not there"
        actions={<LinkButton href="/pipelines">All pipelines</LinkButton>}
      >
        It may have been deleted. Jobs that were deployed from it are still listed under Jobs.
      </ErrorState>
    ) : (
      <ErrorState fill title="This pipeline cannot be opened" onRetry={() => void draft.refetch()}>
        {messageOf(draft.error)}
      </ErrorState>
    )
  }
  return <CodeSkeleton unreachable={draft.failureCount > 0} />
}

/** The server has answered, and would answer the same again. */
function isRefused(error: unknown): boolean {
  const status = statusOf(error)
  return status !== null && status < 500
}
