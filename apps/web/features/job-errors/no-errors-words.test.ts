import type { JobStatus } from '@weir/proto/web/job-doc'
import { expect, test } from 'vitest'
import { noErrorsWords } from './no-errors-words.ts'

const words = (status: JobStatus, startedAt: number | null = 1) => noErrorsWords({ name: 'Orders', status, startedAt })

test('only of a job that has finished everything went well', () => {
  expect(words('FINISHED').title).toBe('No errors. Everything went well')
  for (const status of ['CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELLING', 'CANCELED'] as const) {
    expect(words(status).title).not.toContain('went well')
  }
})

test('a job that waits for its slots is said not to have begun', () => {
  expect(words('CREATED', null)).toMatchObject({ title: 'No errors yet', text: expect.stringContaining('not begun') })
  expect(words('CANCELED', null).text).toBe('Orders was canceled before it began.')
})

test('a job that runs has none so far, also while it waits for its next attempt', () => {
  expect(words('RUNNING').title).toBe('No errors so far')
  expect(words('CREATED').title).toBe('No errors so far')
})
