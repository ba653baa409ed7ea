'use client'
import Link from 'next/link'
import { draftPath } from '@/lib/paths.ts'
import { changeUrl } from '@/lib/use-url-state.ts'
import styles from './job-errors.module.css'

/** Leads to a line of the code: of the draft where it can be mended, or else of the source that the job runs. */
export function CodeLink({ line, draftId }: { readonly line: number; readonly draftId: string | null }) {
  return draftId === null ? (
    <button
      type="button"
      className={styles.link}
      onClick={() => changeUrl({ tab: 'config', line: String(line) }, 'push')}
    >
      Show line {line} in the code
    </button>
  ) : (
    <Link className={styles.link} href={`${draftPath(draftId)}?line=${line}`}>
      Open line {line} in the code
    </Link>
  )
}
