'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { createContext, Fragment, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import styles from './crumbs.module.css'
import { pageOf } from './pages.ts'

/** One step of the way to a page; the last one has no address. */
export interface Crumb {
  readonly label: string
  readonly href?: string
}

interface CrumbsContent {
  readonly path: string
  readonly crumbs: readonly Crumb[]
}

const CrumbsContext = createContext<readonly [CrumbsContent | null, (content: CrumbsContent | null) => void] | null>(
  null,
)

export function CrumbsProvider({ children }: { readonly children: ReactNode }) {
  const [content, setContent] = useState<CrumbsContent | null>(null)
  const value = useMemo(() => [content, setContent] as const, [content])
  return <CrumbsContext value={value}>{children}</CrumbsContext>
}

/**
 * Says where a page is: the steps in the bar, and the title of the window. For pages below a list; the others have
 * theirs from the navigation. Null while the name is not known yet.
 */
export function useCrumbs(crumbs: readonly Crumb[] | null): void {
  const [, set] = useContext(CrumbsContext) ?? []
  const path = usePathname()
  const text = JSON.stringify(crumbs)
  useEffect(() => {
    const steps = JSON.parse(text) as readonly Crumb[] | null
    if (steps === null || set === undefined) return
    set({ path, crumbs: steps })
    document.title = `${steps.at(-1)?.label ?? 'Weir'} · Weir`
    return () => set(null)
  }, [text, path, set])
}

/** The way to the page in sight, in the bar. */
export function Crumbs() {
  const [content] = useContext(CrumbsContext) ?? [null]
  const path = usePathname()
  const page = pageOf(path)
  const steps: readonly Crumb[] =
    content !== null && content.path === path
      ? content.crumbs
      : page === null
        ? []
        : page.path === path
          ? [{ label: page.label }]
          : [{ label: page.label, href: page.path }]
  return (
    <nav aria-label="Breadcrumbs" className={styles.crumbs}>
      <ol>
        {steps.map((step, index) => (
          <Fragment key={`${step.label} ${step.href}`}>
            {index > 0 && (
              <li aria-hidden="true" className={styles.gap}>
                ›
              </li>
            )}
            <li className={styles.step}>
              {step.href === undefined ? (
                <span aria-current="page" title={step.label}>
                  {step.label}
                </span>
              ) : (
                <Link href={step.href}>{step.label}</Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  )
}
