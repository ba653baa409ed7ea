'use client'
import { useQueryClient } from '@tanstack/react-query'
import type { Draft } from '@weir/proto/web/drafts'
import { useEffect, useState } from 'react'
import { useTRPC, useTRPCClient } from '@/lib/trpc'
import { toast } from '@/ui'
import { Checker } from './check/checker.ts'
import { CodeSession } from './code-session.ts'
import { Autosave } from './draft/autosave.ts'
import { LocalBackup, openingOf } from './draft/local-backup.ts'
import { claimTabId, liveTabIds } from './draft/tab-id.ts'
import { loadMonaco } from './monaco/load-monaco.ts'
import { checkRefusalOf, type DraftServer, draftServer, refusalOf } from './server.ts'
import { browserTimers } from './timers.ts'

export type SessionState =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly session: CodeSession; readonly server: DraftServer }
  | { readonly state: 'failed'; readonly message: string; retry(): void }

const LOADING: SessionState = { state: 'loading' }

/**
 * Opens the draft once; later answers of the server are told to its autosave, so that what is typed is never taken away
 * by them.
 */
export function useCodeSession(draft: Draft): SessionState {
  const client = useTRPCClient()
  const [state, setState] = useState<SessionState>(LOADING)
  const [attempt, setAttempt] = useState(0)
  const { draftId } = draft

  // biome-ignore lint/correctness/useExhaustiveDependencies: the draft of the first answer; later ones go to `seen`
  useEffect(() => {
    let opened: CodeSession | null = null
    let gone = false
    // Effects may run again for the same page (when it is hidden and shown): what was opened before is closed by then.
    setState(LOADING)
    const server = draftServer(client, draftId, draft.fileName)
    openSession(draft, server, () => gone)
      .then(session => {
        if (session === null) return
        opened = session
        setState({ state: 'ready', session, server })
      })
      .catch((error: unknown) => {
        console.error(error)
        const message = error instanceof Error ? error.message : String(error)
        if (!gone) setState({ state: 'failed', message, retry: () => setAttempt(count => count + 1) })
      })
    return () => {
      gone = true
      // The tab lives on, only this page goes.
      void opened?.autosave.flush()
      opened?.dispose()
    }
  }, [client, draftId, attempt])

  const session = state.state === 'ready' ? state.session : null
  useLeaving(session)
  useNewerText(session, draft)
  return state
}

/** Null when the page has gone before: nothing has been made then. */
async function openSession(draft: Draft, server: DraftServer, isGone: () => boolean): Promise<CodeSession | null> {
  const [monaco, tabId] = await Promise.all([loadMonaco(), claimTabId()])
  const tabs = await liveTabIds()
  if (isGone()) return null
  const backup = new LocalBackup(window.localStorage, draft.draftId, tabId)
  const kept = backup.take(tabs)
  const opening = openingOf(draft, kept)
  const autosave = new Autosave(draft, {
    timers: browserTimers,
    save: server.save,
    sendLast: server.sendLast,
    refusal: refusalOf,
    backup: unsaved => (unsaved === null ? backup.clear() : backup.write({ ...unsaved, at: Date.now() })),
  })
  const source = opening.kind === 'saved' ? draft.source : opening.source
  if (opening.kind === 'saved') backup.clear()
  const checker = new Checker(source, {
    timers: browserTimers,
    check: text => server.check(text, null),
    refusal: checkRefusalOf,
  })
  const session = new CodeSession({ monaco, draft, source, autosave, checker })
  if (opening.kind === 'restored') {
    autosave.edit(source)
    toast.info('Restored what was not saved', { description: 'It was kept in this browser, and is being saved now.' })
  } else if (opening.kind === 'diverged') {
    autosave.diverged(source, draft)
  }
  return session
}

/** Saves when the page loses the keyboard or is hidden, and with the last breath when it is closed. */
function useLeaving(session: CodeSession | null): void {
  useEffect(() => {
    if (session === null) return
    const { autosave } = session
    const flush = () => void autosave.flush()
    const leave = () => autosave.leave()
    const hidden = () => {
      if (document.visibilityState === 'hidden') flush()
    }
    window.addEventListener('blur', flush)
    window.addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      window.removeEventListener('blur', flush)
      window.removeEventListener('pagehide', leave)
      document.removeEventListener('visibilitychange', hidden)
    }
  }, [session])
}

/** Shows what another tab or person has saved: at once where nothing was typed here, as a question where something was. */
function useNewerText(session: CodeSession | null, draft: Draft): void {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  useEffect(() => {
    if (session === null) return
    const text = session.autosave.seen(draft)
    if (text === undefined || text === session.model.getValue()) return
    session.replaceAll(text)
    toast.info('Updated', { description: `${draft.editedBy} saved this pipeline elsewhere.` })
  }, [session, draft])
  useEffect(() => {
    if (session === null) return
    // The list of pipelines shows names, times and revisions.
    return session.autosave.revision.subscribe(
      () => void queryClient.invalidateQueries({ queryKey: trpc.drafts.list.queryKey(), refetchType: 'none' }),
    )
  }, [session, queryClient, trpc])
}
