import { describe, expect, it } from 'vitest'
import { jobColors } from './job-colors.ts'

const submitted: Readonly<Record<string, number>> = { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6 }
const submittedAt = (jobId: string): number => submitted[jobId] ?? 0

describe('the colours of jobs', () => {
  it('follow the order of submission, however the slots lie', () => {
    const colors = jobColors(['two', null, 'one', 'two'], submittedAt)
    expect([...colors]).toEqual([
      ['one', 'a'],
      ['two', 'b'],
    ])
  })

  it('are used again when there are more jobs than colours', () => {
    const colors = jobColors(Object.keys(submitted), submittedAt)
    expect(colors.get('six')).toBe('a')
    expect(new Set(colors.values()).size).toBe(5)
  })
})
