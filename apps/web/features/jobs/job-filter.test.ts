import type { JobStatus } from '@weir/proto/web/job-doc'
import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { expect, test } from 'vitest'
import { countGroups, filterJobs, JOB_GROUPS, jobGroupOf } from './job-filter.ts'

const STATUSES: readonly JobStatus[] = ['CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELLING', 'CANCELED', 'FINISHED']

const jobs = STATUSES.map(
  (status, index) => ({ jobId: `job_0000000${index}`, name: `Orders ${status}`, status }) as JobRowDoc,
)

test('each job is in exactly one group beside all', () => {
  const groups = JOB_GROUPS.filter(group => group !== 'all')
  for (const job of jobs) expect(groups.filter(group => filterJobs([job], group, '').length === 1)).toHaveLength(1)
})

test('the counts are those of the filtered lists', () => {
  const counts = countGroups(jobs)
  for (const group of JOB_GROUPS) expect(counts[group]).toBe(filterJobs(jobs, group, '').length)
})

test('a search finds a part of the name in any case, or of the id', () => {
  expect(filterJobs(jobs, 'all', ' orders run ')).toEqual([jobs[1]])
  expect(filterJobs(jobs, 'all', '00000003')).toEqual([jobs[3]])
  expect(filterJobs(jobs, 'running', 'FAILED')).toEqual([])
})

test('an address that names no group means all', () => {
  expect(jobGroupOf('nonsense')).toBe('all')
  expect(jobGroupOf(null)).toBe('all')
  expect(jobGroupOf('failed')).toBe('failed')
})
