'use client'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { Network } from 'lucide-react'
import { useMemo } from 'react'
import { useLive } from '@/lib/live/index.ts'
import { changeUrl, useUrlState } from '@/lib/use-url-state.ts'
import { useUrlText } from '@/lib/use-url-text.ts'
import {
  Button,
  Card,
  EmptyState,
  LinkButton,
  Loading,
  Page,
  PageHeader,
  SearchInput,
  SegmentedControl,
  Skeleton,
} from '@/ui/index.ts'
import { countGroups, filterJobs, JOB_GROUPS, type JobGroup, jobGroupOf } from './job-filter.ts'
import { JobTable } from './job-table.tsx'
import styles from './jobs.module.css'

const LABELS: Readonly<Record<JobGroup, string>> = {
  all: 'All',
  running: 'Running',
  waiting: 'Waiting',
  failed: 'Failed',
  ended: 'Ended',
}

/** Every job that runs or is kept in the history, live. */
export function JobsPage() {
  const jobs = useLive({ kind: 'overview' }, doc => doc.jobs)
  return (
    <Page>
      <PageHeader title="Jobs" />
      {jobs === undefined ? (
        <Card padded>
          <Loading what="the jobs" />
          <Skeleton height={240} />
        </Card>
      ) : (
        <JobList jobs={jobs} />
      )}
    </Page>
  )
}

function JobList({ jobs }: { readonly jobs: Readonly<Record<string, JobRowDoc>> }) {
  const [groupText, setGroup] = useUrlState('status', { fallback: 'all' })
  const [search, setSearch] = useUrlText('search')
  const group = jobGroupOf(groupText)
  const all = useMemo(() => Object.values(jobs), [jobs])
  const counts = useMemo(() => countGroups(all), [all])
  const shown = useMemo(() => filterJobs(all, group, search), [all, group, search])
  if (all.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={<Network aria-hidden="true" />}
          title="No job has run yet"
          actions={
            <>
              <LinkButton look="primary" href="/templates">
                Start from a template
              </LinkButton>
              <LinkButton href="/pipelines">Pipelines</LinkButton>
            </>
          }
        >
          Deploy a pipeline, and its job stands here: how it is, how much it does, and why.
        </EmptyState>
      </Card>
    )
  }
  return (
    <>
      <div className={styles.tools}>
        <SearchInput className={styles.search} label="Search jobs" value={search} onChange={setSearch} />
        <SegmentedControl
          label="Status"
          value={group}
          onChange={setGroup}
          options={JOB_GROUPS.map(value => ({ value, label: LABELS[value], count: counts[value] }))}
        />
      </div>
      <Card>
        {shown.length === 0 ? (
          <EmptyState
            title="No job is like this"
            actions={<Button onClick={() => changeUrl({ status: null, search: null })}>Show all</Button>}
          >
            {search.trim() === ''
              ? `There are no jobs in “${LABELS[group]}”.`
              : `None of them has “${search.trim()}” in its name or id.`}
          </EmptyState>
        ) : (
          <JobTable jobs={shown} />
        )}
      </Card>
    </>
  )
}
