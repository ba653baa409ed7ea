import { Command, cx, Mark } from '@/ui/index.ts'
import styles from './login.module.css'
import type { Notice } from './notice-of.ts'

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
            <b>Your session has ended.</b> Log in again, and you are back on the page where you were; what you typed is
            kept in this browser. Get a new link in the folder where Weir runs:
            <Command text="./weir login" />
          </>
        )}
        {notice === 'stranger' && (
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
