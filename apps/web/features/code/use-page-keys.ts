'use client'
import { useEffect, useRef } from 'react'
import { toast } from '@/ui'
import type { CodeSession } from './code-session.ts'
import { nextProblem } from './problems/problems.ts'

/** Keys of the whole page: save, deploy, next problem. A dialog on top of it keeps its keys to itself. */
export function usePageKeys(session: CodeSession, deploy: () => void): void {
  const act = useRef(deploy)
  useEffect(() => {
    act.current = deploy
  })
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const command = (event.metaKey || event.ctrlKey) && !event.altKey
      const action =
        command && !event.shiftKey && event.key.toLowerCase() === 's'
          ? () => void saveNow(session)
          : command && !event.shiftKey && event.key === 'Enter'
            ? () => act.current()
            : event.key === 'F8'
              ? () => goToNext(session, event.shiftKey ? -1 : 1)
              : undefined
      if (action === undefined || document.querySelector(OPEN_DIALOG) !== null) return
      // Before the editor, which has other uses for the same keys.
      event.preventDefault()
      event.stopPropagation()
      action()
    }
    window.addEventListener('keydown', pressed, { capture: true })
    return () => window.removeEventListener('keydown', pressed, { capture: true })
  }, [session])
}

/** Monaco's search box calls itself a dialog too, also while it is hidden. */
const OPEN_DIALOG = '[role="dialog"]:not(.monaco-editor *), [role="alertdialog"]'

/** ⌘S is a habit; the text is saved anyway. */
async function saveNow(session: CodeSession): Promise<void> {
  if (await session.autosave.flush()) toast.success('Saved', { id: 'saved', description: 'Weir saves as you type.' })
}

function goToNext(session: CodeSession, step: 1 | -1): void {
  const { line, column } = session.caret.get()
  const problems = session.problems.get()
  const problem = nextProblem(problems, line, column, step)
  const ofFile = problems.find(({ severity }) => severity !== 'info')
  if (problem !== undefined) session.goTo(problem.line ?? 1, problem.column ?? 1)
  else if (ofFile !== undefined)
    toast.info('A problem of the whole file', { id: 'problems', description: ofFile.message })
  else toast.info('No problems', { id: 'problems' })
}
