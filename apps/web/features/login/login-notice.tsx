import { Command, cx, Mark } from '@/ui/index.ts'
import styles from './login.module.css'

/** Why somebody sees the login page. */
export type Notice = 'refused' | 'unreachable' | 'ended' | 'out'

/** What the address of the login page says about that; null for somebody who just came. */
export function noticeOf(link: string | null, cameFromPage: boolean, loggedOut: boolean): Notice | null {
  if (link === 'refused' || link === 'unreachable') return link
  if (loggedOut) return 'out'
  return cameFromPage ? 'ended' : null
}

export function LoginNotice({ notice }: { readonly notice: Notice }) {
  if (notice === 'out') {
    return (
      <div className={cx(styles.notice, styles.quiet)} role="status">
        <Mark shape="done" size={14} />
        <div className={styles.noticeText}>
          <b>You are logged out.</b> This browser has forgotten its session.
        </div>
      </div>
    )
  }
  return (
    <div className={styles.notice} role="alert">
      <Mark shape="warn" size={14} />
      <div className={styles.noticeText}>
        {notice === 'refused' && (
          <>
            <b>This link does not log in any more.</b> A link works once, within 15 minutes of being printed. Get a new
            one in the folder where Weir runs:
            <Command text="./weir login" />
          </>
        )}
        {notice === 'ended' && (
          <>
            <b>You are not logged in,</b> or your session has ended. Get a new link in the folder where Weir runs:
            <Command text="./weir login" />
          </>
        )}
        {notice === 'unreachable' && (
          <>
            <b>The JobManager does not answer,</b> so the link could not be tried. It is still good: open it again when
            the line below says that the JobManager is there.
          </>
        )}
      </div>
    </div>
  )
}
