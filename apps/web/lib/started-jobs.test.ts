import { expect, test } from 'vitest'
import { rememberStarted, startedJob } from './started-jobs.ts'

const job = (jobId: string) => ({ jobId, name: jobId, parallelism: 1, at: 0, code: null })

test('the newest jobs that were started are known, older ones are forgotten', () => {
  for (let number = 1; number <= 10; number++) rememberStarted(job(`job_${number}`))
  expect(startedJob('job_10')?.name).toBe('job_10')
  expect(startedJob('job_3')?.name).toBe('job_3')
  expect(startedJob('job_2')).toBeNull()
  expect(startedJob('job_of_others')).toBeNull()
})
