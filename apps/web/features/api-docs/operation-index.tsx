'use client'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { Fragment, type ReactNode } from 'react'
import { searchAfter } from '@/lib/use-url-state.ts'
import { SearchInput } from '@/ui/index.ts'
import styles from './api-docs.module.css'
import { MethodMark } from './method-mark.tsx'
import type { OperationGroup } from './operations.ts'

export interface OperationIndexProps {
  readonly groups: readonly OperationGroup[]
  readonly chosen: string | null
  readonly search: string
  readonly onSearch: (search: string) => void
}

/** All requests, by group, with a search over everything that is said about them. */
export function OperationIndex({ groups, chosen, search, onSearch }: OperationIndexProps) {
  const params = useSearchParams()
  return (
    <nav className={styles.index} aria-label="Requests">
      <div className={styles.search}>
        <SearchInput label="Search requests" value={search} onChange={onSearch} />
      </div>
      <div className={styles.list}>
        {groups.length === 0 && <p className={styles.none}>No request has these words.</p>}
        {groups.map(({ name, operations }) => (
          <section key={name} aria-label={name}>
            <p className={styles.group}>{name}</p>
            <ul>
              {operations.map(({ id, method, path }) => (
                <li key={id}>
                  <Link
                    className={styles.entry}
                    href={`/api-docs${searchAfter(params.toString(), { operation: id })}`}
                    aria-current={id === chosen ? 'true' : undefined}
                    scroll={false}
                  >
                    <MethodMark method={method} />
                    <code>{breakable(path)}</code>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  )
}

/** A path that breaks before its slashes rather than inside of a word. */
function breakable(path: string): ReactNode {
  return path.split(/(?=\/)/).map((part, index, parts) => (
    <Fragment key={parts.slice(0, index + 1).join('')}>
      {part}
      <wbr />
    </Fragment>
  ))
}
