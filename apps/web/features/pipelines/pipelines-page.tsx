'use client'
import { useQuery } from '@tanstack/react-query'
import type { DraftSummary } from '@weir/proto/web/drafts'
import { Plus, Workflow } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '@/features/shell/use-may.ts'
import { useLive } from '@/lib/live/index.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { useUrlText } from '@/lib/use-url-text.ts'
import {
  Button,
  Card,
  EmptyState,
  ErrorState,
  LinkButton,
  Loading,
  Page,
  PageHeader,
  SearchInput,
  Skeleton,
} from '@/ui/index.ts'
import { DeleteDraftDialog } from './delete-draft-dialog.tsx'
import { DraftTable } from './draft-table.tsx'
import styles from './pipelines.module.css'
import { RenameDraftDialog } from './rename-draft-dialog.tsx'
import { UploadButton } from './upload-button.tsx'
import { useCreateDraft } from './use-create-draft.ts'

type Asked = { readonly what: 'rename' | 'delete'; readonly draft: DraftSummary } | null

/** Everything that is being written: what it is called, who changed it when, and how its job is. */
export function PipelinesPage() {
  const drafts = useQuery(useTRPC().drafts.list.queryOptions())
  const jobs = useLive({ kind: 'overview' }, doc => doc.jobs)
  const [search, setSearch] = useUrlText('search')
  const [asked, setAsked] = useState<Asked>(null)
  const maySubmit = useMay('jobs:submit')
  const { create, making } = useCreateDraft()
  const close = (): void => setAsked(null)
  const shown = (drafts.data ?? []).filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()))
  const newButton = (
    <Button
      look="primary"
      icon={<Plus aria-hidden="true" />}
      busy={making?.from === 'blank'}
      disabled={!maySubmit.allowed}
      title={maySubmit.reason}
      onClick={() => create({ from: 'blank' })}
    >
      New pipeline
    </Button>
  )
  return (
    <Page>
      <PageHeader
        title="Pipelines"
        actions={
          <>
            <UploadButton
              disabledReason={maySubmit.reason}
              busy={making?.from === 'source'}
              onFile={(fileName, source) => create({ from: 'source', fileName, source })}
            />
            {newButton}
          </>
        }
      />
      {drafts.error !== null && drafts.data === undefined ? (
        <ErrorState title="The pipelines cannot be shown" onRetry={() => void drafts.refetch()}>
          {messageOf(drafts.error)}
        </ErrorState>
      ) : drafts.data === undefined ? (
        <Card padded>
          <Loading what="the pipelines" />
          <Skeleton height={160} />
        </Card>
      ) : drafts.data.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Workflow aria-hidden="true" />}
            title="No pipelines yet"
            actions={
              <>
                {newButton}
                <LinkButton href="/templates">Start from a template</LinkButton>
              </>
            }
          >
            A pipeline is TypeScript that you write here, with its graph beside it. It is saved as you type.
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className={styles.tools}>
            <SearchInput className={styles.search} label="Search pipelines" value={search} onChange={setSearch} />
          </div>
          <Card>
            {shown.length === 0 ? (
              <EmptyState
                title="No pipeline has this name"
                actions={<Button onClick={() => setSearch('')}>Show all</Button>}
              />
            ) : (
              <DraftTable
                drafts={shown}
                jobs={jobs}
                mayChange={maySubmit.allowed}
                onRename={draft => setAsked({ what: 'rename', draft })}
                onDelete={draft => setAsked({ what: 'delete', draft })}
              />
            )}
          </Card>
        </>
      )}
      {asked?.what === 'rename' && <RenameDraftDialog draft={asked.draft} onClose={close} />}
      {asked?.what === 'delete' && <DeleteDraftDialog draft={asked.draft} onClose={close} />}
    </Page>
  )
}
