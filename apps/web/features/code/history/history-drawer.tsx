'use client'
import { useQuery } from '@tanstack/react-query'
import type { Draft, DraftVersion } from '@weir/proto/web/drafts'
import { useState } from 'react'
import { formatAgo, formatDateTime } from '@/lib/format'
import { useServerNow } from '@/lib/live'
import { messageOf, useTRPC } from '@/lib/trpc'
import { Badge, Button, Dialog, Drawer, EmptyState, ErrorState, LinkButton, Loading, Skeleton, toast } from '@/ui'
import type { CodeSession } from '../code-session.ts'
import { DiffView } from './diff-view.tsx'
import styles from './history.module.css'

export interface HistoryDrawerProps {
  readonly draft: Draft
  readonly session: CodeSession
  readonly open: boolean
  readonly onClose: () => void
}

/** What the draft was before: each version can be compared with the text on the page, and put in its place. */
export function HistoryDrawer({ draft, session, open, onClose }: HistoryDrawerProps) {
  const [version, setVersion] = useState<DraftVersion | null>(null)
  const restore = (source: string): void => {
    session.replaceAll(source)
    session.autosave.restore(source)
    setVersion(null)
    onClose()
    toast.success('Restored', { description: 'Undo brings back what was there before.' })
  }
  return (
    <>
      <Drawer open={open} onOpenChange={next => !next && onClose()} title="History" width={360}>
        {open && <Versions draft={draft} onChoose={setVersion} />}
      </Drawer>
      {version !== null && (
        <VersionDialog
          draft={draft}
          session={session}
          version={version}
          onClose={() => setVersion(null)}
          onRestore={restore}
        />
      )}
    </>
  )
}

function Versions({ draft, onChoose }: { readonly draft: Draft; readonly onChoose: (version: DraftVersion) => void }) {
  const trpc = useTRPC()
  const now = useServerNow()
  const versions = useQuery(trpc.drafts.versions.queryOptions({ draftId: draft.draftId }, { staleTime: 0 }))
  if (versions.error !== null) {
    return (
      <ErrorState compact title="The history cannot be shown" onRetry={() => void versions.refetch()}>
        {messageOf(versions.error)}
      </ErrorState>
    )
  }
  if (versions.data === undefined) {
    return (
      <div className={styles.pad}>
        <Loading what="the history" />
        <Skeleton height={160} />
      </div>
    )
  }
  if (versions.data.length === 0) {
    return (
      <EmptyState compact title="No versions yet">
        The last text of each spell of typing is kept here.
      </EmptyState>
    )
  }
  return (
    <ol className={styles.list}>
      {versions.data.map(version => (
        <li key={version.revision}>
          <button type="button" className={styles.version} onClick={() => onChoose(version)}>
            <span className={styles.when}>{formatDateTime(version.at)}</span>
            <KindBadge version={version} />
            <span className={styles.by}>
              {formatAgo(Math.max(0, now - version.at))} by {version.by} · revision {version.revision}
            </span>
          </button>
        </li>
      ))}
    </ol>
  )
}

function KindBadge({ version }: { readonly version: DraftVersion }) {
  if (version.kind === 'edited') return <span />
  return <Badge tone={version.kind === 'deployed' ? 'accent' : 'neutral'}>{version.kind}</Badge>
}

interface VersionDialogProps {
  readonly draft: Draft
  readonly session: CodeSession
  readonly version: DraftVersion
  readonly onClose: () => void
  readonly onRestore: (source: string) => void
}

function VersionDialog({ draft, session, version, onClose, onRestore }: VersionDialogProps) {
  const trpc = useTRPC()
  const { draftId } = draft
  const { revision, jobId } = version
  const text = useQuery(trpc.drafts.versionSource.queryOptions({ draftId, revision }))
  const [now] = useState(() => session.model.getValue())
  const source = text.data?.source
  return (
    <Dialog
      open
      onOpenChange={next => !next && onClose()}
      title={`Version of ${formatDateTime(version.at)}`}
      lead={source === now ? 'This is the text on the page.' : 'Left: this version. Right: the text on the page.'}
      width={1200}
      actions={
        <>
          {jobId !== null && <LinkButton href={`/jobs/${jobId}`}>Open its job</LinkButton>}
          <Button
            look="primary"
            disabled={source === undefined || source === now}
            onClick={() => source !== undefined && onRestore(source)}
          >
            Restore this version
          </Button>
        </>
      }
    >
      {text.error !== null ? (
        <ErrorState compact title="This version cannot be shown" onRetry={() => void text.refetch()}>
          {messageOf(text.error)}
        </ErrorState>
      ) : source === undefined ? (
        <Skeleton height={320} />
      ) : (
        <DiffView session={session} before={source} after={now} label="The version and the text on the page" />
      )}
    </Dialog>
  )
}
