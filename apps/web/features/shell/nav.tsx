'use client'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { countOf } from '@/lib/format.ts'
import { useLive } from '@/lib/live/index.ts'
import { setNavNarrow } from '@/lib/preferences.ts'
import { cx, Tooltip, VisuallyHidden } from '@/ui/index.ts'
import { Logo } from './logo.tsx'
import styles from './nav.module.css'
import { PAGE_GROUPS, type PageEntry, pageOf } from './pages.ts'
import { useMeOrNull } from './session.tsx'
import shell from './shell.module.css'

/** The way to every page. Narrow, it keeps the icons; the words become tooltips and stay the links' names. */
export function Nav({ narrow, canWiden }: { readonly narrow: boolean; readonly canWiden: boolean }) {
  const current = pageOf(usePathname())
  const me = useMeOrNull()
  const Toggle = narrow ? PanelLeftOpen : PanelLeftClose
  const toggleLabel = narrow ? 'Expand' : 'Collapse'
  return (
    <nav className={styles.nav} aria-label="Main">
      <Link className={styles.brand} href="/">
        <Logo />
        <span className={cx(styles.brandName, shell.wideOnly)}>weir</span>
        <VisuallyHidden>, home</VisuallyHidden>
        {me !== null && <span className={cx(styles.version, shell.wideOnly)}>{me.cluster.version}</span>}
      </Link>
      <div className={styles.scroll}>
        {PAGE_GROUPS.map(group => (
          <div key={group.label}>
            <h2 className={cx(styles.heading, shell.wideOnly)}>{group.label}</h2>
            <ul>
              {group.pages.map(page => (
                <li key={page.path}>
                  <NavLink page={page} current={page === current} narrow={narrow} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      {canWiden && (
        <div className={styles.foot}>
          <Tooltip label={narrow ? toggleLabel : null} side="right">
            <button
              type="button"
              className={styles.link}
              aria-label={`${toggleLabel} the navigation`}
              aria-expanded={!narrow}
              onClick={() => setNavNarrow(!narrow)}
            >
              <Toggle aria-hidden="true" />
              <span className={shell.wideOnly}>{toggleLabel}</span>
            </button>
          </Tooltip>
        </div>
      )}
    </nav>
  )
}

interface NavLinkProps {
  readonly page: PageEntry
  readonly current: boolean
  readonly narrow: boolean
}

function NavLink({ page, current, narrow }: NavLinkProps) {
  const Icon = page.icon
  return (
    <Tooltip label={narrow ? page.label : null} side="right">
      <Link className={styles.link} href={page.path} aria-current={current ? 'page' : undefined}>
        <Icon aria-hidden="true" />
        <span className={shell.wideOnly}>{page.label}</span>
        {page.path === '/jobs' && <RunningJobs />}
      </Link>
    </Tooltip>
  )
}

function RunningJobs() {
  const running = useLive({ kind: 'overview' }, doc => doc.cluster.jobsRunning) ?? 0
  if (running === 0) return null
  return (
    <span className={cx(styles.count, shell.wideOnly)}>
      <span aria-hidden="true">{running}</span>
      <VisuallyHidden>, {countOf(running, 'job')} running</VisuallyHidden>
    </span>
  )
}
