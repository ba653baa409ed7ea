import { WeirError } from '@weir/engine/base/errors'
import { describe, expect, it } from 'vitest'
import { problemRow, problemsOfError } from './source-problems.ts'

const none = { fileName: 'job.ts', places: new Map() }

describe('the problems of an error', () => {
  it('are one row each, with columns that count from 1', () => {
    const error = new WeirError('JOB_SYNTAX', 'job.ts:1:3: a (and 1 more)', {
      problems: [
        { file: 'job.ts', line: 1, column: 2, message: 'a' },
        { file: 'job.ts', line: 2, column: 0, operator: 'map', message: 'b' },
      ],
    })
    expect(problemsOfError(error, none)).toEqual([
      { severity: 'error', message: 'A', line: 1, column: 3, operator: null },
      { severity: 'error', message: 'B', line: 2, column: 1, operator: 'map' },
    ])
  })

  it('of an error with a place alone is the message without it', () => {
    const place = { file: 'job.ts', line: 4, column: 6 }
    const error = new WeirError('JOB_EVALUATION', 'job.ts:4:7: boom', { place })
    expect(problemsOfError(error, none)).toEqual([
      { severity: 'error', message: 'Boom', line: 4, column: 7, operator: null },
    ])
  })

  it('of an operator stands where that is described', () => {
    const places = new Map([['source', { file: 'job.ts', line: 3, column: 4 }]])
    const error = new WeirError('FILE_ACCESS', 'operator source: there is no file', { place: { operator: 'source' } })
    expect(problemsOfError(error, { fileName: 'job.ts', places })).toEqual([
      { severity: 'error', message: 'Operator source: there is no file', line: 3, column: 5, operator: 'source' },
    ])
  })

  it('that has no place is about the file as a whole, and stands on no line', () => {
    const error = new WeirError('JOB_NO_EXPORT', 'job.ts: it exports nothing', { place: { file: 'job.ts' } })
    expect(problemsOfError(error, none)).toEqual([
      { severity: 'error', message: 'It exports nothing', line: null, column: null, operator: null },
    ])
  })

  it('in another file has no line in this one', () => {
    const row = problemRow({ file: 'other.ts', line: 9, column: 1, message: 'x' }, 'warning', none)
    expect(row).toMatchObject({ severity: 'warning', line: null, column: null })
  })
})
