'use client'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { LayoutTemplate, LogOut, PanelLeft, Plus, Workflow, Zap } from 'lucide-react'
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { useCreateDraft } from '@/features/pipelines/use-create-draft.ts'
import { formatAgo } from '@/lib/format.ts'
import { useConnection, useLive } from '@/lib/live/index.ts'
import { draftPath, jobPath } from '@/lib/paths.ts'
import { setNavNarrow, setTheme, useNavNarrow, useTheme } from '@/lib/preferences.ts'
import { useTRPC } from '@/lib/trpc.ts'
import { jobStatusWord, Mark, toast } from '@/ui/index.ts'
import { commandKeyWord } from './keys.ts'
import { logOut } from './log-out.ts'
import { usePageActionList } from './page-actions.tsx'
import { PAGE_GROUPS } from './pages.ts'
import styles from './palette.module.css'
import { useMeOrNull } from './session.tsx'
import { THEMES } from './theme-button.tsx'

interface ItemsProps {
  /** Closes the palette; what is given is done when it is gone. */
  readonly close: (after?: () => void) => void
}

/** All that can be found. Mounted only while the palette is open, so that nothing is asked for before. */
export function PaletteItems({ close }: ItemsProps) {
  const router = useRouter()
  const go = (path: string) => () => {
    close()
    router.push(path)
  }
  return (
    <>
      <PageActionItems close={close} />
      <Command.Group heading="Pages" className={styles.group}>
        {PAGE_GROUPS.flatMap(group => group.pages).map(({ path, label, icon: Icon, keywords }) => (
          <Item key={path} value={`page ${path}`} keywords={[label, ...keywords]} onSelect={go(path)} icon={<Icon />}>
            {label}
          </Item>
        ))}
      </Command.Group>
      <JobItems go={go} />
      <DraftItems go={go} />
      <ActionItems close={close} />
    </>
  )
}

/**
 * What can be done on the page below. Done when the palette is gone: some of it opens a dialog, which would lose the focus
 * to what had it before the palette, and some of it presses keys, which belong to the palette while that is there.
 */
function PageActionItems({ close }: ItemsProps) {
  const { listed, run } = usePageActionList()
  if (listed.length === 0) return null
  return (
    <Command.Group heading="On this page" className={styles.group}>
      {listed.map(({ id, label, keywords = [], reason = null, keys }) => (
        <Item
          key={id}
          value={`page action ${id}`}
          keywords={[label, ...keywords]}
          disabled={reason !== null}
          onSelect={() => close(() => run(id))}
          icon={<Zap />}
          detail={reason ?? (keys === undefined ? undefined : `${commandKeyWord(navigator.platform)} ${keys}`)}
        >
          {label}
        </Item>
      ))}
    </Command.Group>
  )
}

interface GoProps {
  readonly go: (path: string) => () => void
}

function JobItems({ go }: GoProps) {
  const jobs = useLive({ kind: 'overview' }, doc => doc.jobs)
  const newestFirst = Object.values(jobs ?? {}).sort((a, b) => b.submittedAt - a.submittedAt)
  if (newestFirst.length === 0) return null
  return (
    <Command.Group heading="Jobs" className={styles.group}>
      {newestFirst.slice(0, 200).map(({ jobId, name, status, restarting }) => {
        const { shape, word } = jobStatusWord(status, restarting)
        return (
          <Item
            key={jobId}
            value={`job ${jobId}`}
            keywords={[name, jobId, word]}
            onSelect={go(jobPath(jobId))}
            icon={<Mark shape={shape} size={14} />}
            detail={`${jobId} · ${word}`}
          >
            {name}
          </Item>
        )
      })}
    </Command.Group>
  )
}

function DraftItems({ go }: GoProps) {
  const trpc = useTRPC()
  const { serverNow } = useConnection()
  const drafts = useQuery(trpc.drafts.list.queryOptions())
  if ((drafts.data ?? []).length === 0) return null
  return (
    <Command.Group heading="Pipelines" className={styles.group}>
      {drafts.data?.map(({ draftId, name, editedAt }) => (
        <Item
          key={draftId}
          value={`draft ${draftId}`}
          keywords={[name]}
          onSelect={go(draftPath(draftId))}
          icon={<Workflow />}
          detail={`edited ${formatAgo(serverNow() - editedAt)}`}
        >
          {name}
        </Item>
      ))}
    </Command.Group>
  )
}

function ActionItems({ close }: ItemsProps) {
  const trpc = useTRPC()
  const me = useMeOrNull()
  const theme = useTheme()
  const narrow = useNavNarrow()
  const { create } = useCreateDraft()
  const templates = useQuery(trpc.templates.list.queryOptions())
  const maySubmit = me?.permissions.includes('jobs:submit') === true
  const then = (action: () => void) => () => {
    close()
    action()
  }
  const leave = then(() => {
    logOut().catch((error: Error) => toast.error('Not logged out', { description: error.message }))
  })
  return (
    <>
      {maySubmit && (
        <Command.Group heading="Templates" className={styles.group}>
          {templates.data?.map(({ id, title, tags }) => (
            <Item
              key={id}
              value={`template ${id}`}
              keywords={[title, 'template', 'example', ...tags]}
              onSelect={then(() => create({ from: 'template', templateId: id }))}
              icon={<LayoutTemplate />}
              detail="opens as a new pipeline"
            >
              {title}
            </Item>
          ))}
        </Command.Group>
      )}
      <Command.Group heading="Actions" className={styles.group}>
        {maySubmit && (
          <Item
            value="action new"
            keywords={['New pipeline', 'create', 'write code', 'draft']}
            onSelect={then(() => create({ from: 'blank' }))}
            icon={<Plus />}
          >
            New pipeline
          </Item>
        )}
        {THEMES.filter(choice => choice.value !== theme).map(choice => (
          <Item
            key={choice.value}
            value={`action theme ${choice.value}`}
            keywords={['Colours', 'theme', 'mode', choice.label]}
            onSelect={then(() => setTheme(choice.value))}
            icon={choice.icon}
          >
            Colours: {choice.label.toLowerCase()}
          </Item>
        ))}
        <Item
          value="action nav"
          keywords={['Collapse', 'Expand', 'navigation', 'sidebar']}
          onSelect={then(() => setNavNarrow(!narrow))}
          icon={<PanelLeft />}
        >
          {narrow ? 'Expand the navigation' : 'Collapse the navigation'}
        </Item>
        <Item value="action logout" keywords={['Log out', 'leave', 'sign out']} onSelect={leave} icon={<LogOut />}>
          Log out
        </Item>
      </Command.Group>
    </>
  )
}

interface ItemProps {
  /** Unique; names no more than the item. */
  readonly value: string
  /** What it is found by. */
  readonly keywords: string[]
  readonly onSelect: () => void
  readonly icon: ReactNode
  readonly detail?: string | undefined
  readonly disabled?: boolean
  readonly children: ReactNode
}

function Item({ value, keywords, onSelect, icon, detail, disabled = false, children }: ItemProps) {
  return (
    <Command.Item className={styles.item} value={value} keywords={keywords} onSelect={onSelect} disabled={disabled}>
      {icon}
      <span className={styles.name}>{children}</span>
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
    </Command.Item>
  )
}
