'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useUrlState } from '@/lib/use-url-state.ts'
import { useUrlText } from '@/lib/use-url-text.ts'
import { ErrorState, Loading, Page, PageHeader, Skeleton } from '@/ui/index.ts'
import styles from './api-docs.module.css'
import { ApiIntro } from './api-intro.tsx'
import { fetchDocument } from './fetch-document.ts'
import { OperationIndex } from './operation-index.tsx'
import { OperationView } from './operation-view.tsx'
import { groupsOf, searchGroups } from './operations.ts'

/** The JobManager's HTTP interface, drawn from the document that it publishes: what stands here is what it checks. */
export function ApiDocsPage() {
  const document = useQuery({ queryKey: ['openapi'], queryFn: fetchDocument, staleTime: 60_000 })
  const [search, setSearch] = useUrlText('search')
  const [chosen] = useUrlState('operation')
  const groups = useMemo(() => (document.data === undefined ? [] : groupsOf(document.data)), [document.data])
  const found = useMemo(() => searchGroups(groups, search), [groups, search])

  if (document.data === undefined) {
    return (
      <Page>
        <PageHeader title="API docs" />
        {document.error === null ? (
          <>
            <Loading what="the interface" />
            <Skeleton height={320} />
          </>
        ) : (
          <ErrorState title="The interface cannot be shown" onRetry={() => void document.refetch()}>
            {document.error.message}
          </ErrorState>
        )}
      </Page>
    )
  }
  const schemas = document.data.components?.schemas ?? {}
  const operation = groups.flatMap(group => group.operations).find(({ id }) => id === chosen)
  return (
    <div className={styles.layout}>
      <OperationIndex groups={found} chosen={operation?.id ?? null} search={search} onSearch={setSearch} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={styles.detail} tabIndex={0} aria-label="Description" key={operation?.id ?? ''}>
        <div className={styles.inside}>
          {operation === undefined ? (
            <ApiIntro document={document.data} groups={groups} />
          ) : (
            <OperationView operation={operation} resolve={name => schemas[name]} />
          )}
        </div>
      </section>
    </div>
  )
}
