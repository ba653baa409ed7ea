import { Loading, Skeleton, VisuallyHidden } from '@/ui'
import styles from './job-page.module.css'

/** The place of a job that is still loading. */
export function JobSkeleton({ tabsOnly = false }: { readonly tabsOnly?: boolean }) {
  return (
    <div className={styles.skeleton} aria-busy="true">
      <Loading what="the job" />
      {!tabsOnly && (
        <>
          <VisuallyHidden>
            <h1>Job</h1>
          </VisuallyHidden>
          <Skeleton width={280} height={28} />
          <Skeleton height={38} />
          <Skeleton height={56} />
        </>
      )}
      <Skeleton width={420} height={24} />
      <Skeleton height={320} />
    </div>
  )
}
