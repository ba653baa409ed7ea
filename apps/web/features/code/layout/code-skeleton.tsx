import { Loading, Mark, Skeleton } from '@/ui'
import styles from './code-skeleton.module.css'

/** The page before its text is there, in its shape. */
export function CodeSkeleton({ unreachable = false }: { readonly unreachable?: boolean }) {
  return (
    <div className={styles.page} aria-busy="true">
      <div className={styles.head}>
        <Skeleton width={220} height={24} />
        {unreachable && (
          <p className={styles.unreachable} role="alert">
            <Mark shape="wait" />
            The JobManager cannot be reached. This page opens by itself when it is back; what was typed here and not
            saved is kept in this browser.
          </p>
        )}
      </div>
      <div className={styles.code}>
        <Loading what="the code" />
        {WIDTHS.map((width, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change places
          <Skeleton key={index} width={width} height={14} />
        ))}
      </div>
    </div>
  )
}

const WIDTHS = [420, 300, 0, 360, 280, 200, 460, 330, 240, 0, 180]
