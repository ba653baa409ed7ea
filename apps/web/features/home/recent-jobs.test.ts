import type { JobRowDoc } from '@weir/proto/web/overview-doc'
import { describe, expect, it } from 'vitest'
import { recentJobs } from './recent-jobs.ts'

const job = (jobId: string, submittedAt: number, finishedAt: number | null): JobRowDoc =>
  ({ jobId, submittedAt, finishedAt, startedAt: submittedAt }) as JobRowDoc

describe('recent jobs', () => {
  it('are those that run, newest first, then those that ended last', () => {
    const jobs = [job('old', 1, 500), job('running', 2, null), job('ended', 3, 400), job('newest', 4, null)]
    expect(recentJobs(jobs, 3).map(({ jobId }) => jobId)).toEqual(['newest', 'running', 'old'])
  })
})
