'use client'
import { usePathname } from 'next/navigation'
import { changeUrl } from '@/lib/use-url-state.ts'
import { type PageAction, usePageActions } from './page-actions.tsx'

/** The page of a pipeline listens to its keys wherever the focus is: what they do is what the palette does. */
function press(key: string, withCommand: boolean): void {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: withCommand, cancelable: true }))
}

const ACTIONS: readonly PageAction[] = [
  {
    id: 'deploy',
    label: 'Deploy…',
    keywords: ['run', 'start', 'job'],
    keys: 'Enter',
    run: () => press('Enter', true),
  },
  {
    id: 'next-problem',
    label: 'Next problem',
    keywords: ['error', 'warning'],
    run: () => press('F8', false),
  },
  {
    id: 'history',
    label: 'History of versions',
    keywords: ['diff', 'restore'],
    run: () => changeUrl({ history: 'open' }),
  },
  { id: 'view-graph', label: 'Show the graph alone', keywords: ['view'], run: () => changeUrl({ view: 'graph' }) },
  { id: 'view-split', label: 'Show code and graph', keywords: ['view', 'split'], run: () => changeUrl({ view: null }) },
  {
    id: 'view-code',
    label: 'Show the code alone',
    keywords: ['view', 'editor'],
    run: () => changeUrl({ view: 'code' }),
  },
]
const NONE: readonly PageAction[] = []

/** What the palette can do on the page of a pipeline, by the address and the keys of that page. */
export function CodePageActions() {
  usePageActions(/^\/pipelines\/[^/]+$/.test(usePathname()) ? ACTIONS : NONE)
  return null
}
