import { Boxes, Braces, House, LayoutTemplate, type LucideIcon, Network, Workflow } from 'lucide-react'

export interface PageEntry {
  readonly path: string
  readonly label: string
  readonly icon: LucideIcon
  /** Further words by which the palette finds it. */
  readonly keywords: readonly string[]
}

export interface PageGroup {
  readonly label: string
  readonly pages: readonly PageEntry[]
}

/** The navigation: only what works stands here. */
export const PAGE_GROUPS: readonly PageGroup[] = [
  {
    label: 'Build',
    pages: [
      { path: '/', label: 'Home', icon: House, keywords: ['start', 'overview'] },
      { path: '/pipelines', label: 'Pipelines', icon: Workflow, keywords: ['drafts', 'code', 'editor'] },
      { path: '/templates', label: 'Templates', icon: LayoutTemplate, keywords: ['examples', 'gallery'] },
    ],
  },
  {
    label: 'Operate',
    pages: [
      { path: '/jobs', label: 'Jobs', icon: Network, keywords: ['running', 'status'] },
      { path: '/cluster', label: 'Cluster', icon: Boxes, keywords: ['taskmanagers', 'slots', 'memory', 'cpu'] },
    ],
  },
  {
    label: 'Admin',
    pages: [{ path: '/api-docs', label: 'API docs', icon: Braces, keywords: ['rest', 'openapi', 'curl', 'reference'] }],
  },
]

/** The entry of the navigation that a path belongs to; null for a path that is nowhere. */
export function pageOf(path: string): PageEntry | null {
  const pages = PAGE_GROUPS.flatMap(group => group.pages)
  return pages.find(page => page.path === path || (page.path !== '/' && path.startsWith(`${page.path}/`))) ?? null
}
