import { describe, expect, it } from 'vitest'
import { searchAfter } from './use-url-state.ts'

describe('the search of an address after a change', () => {
  it('keeps what was not named', () => {
    expect(searchAfter('?tab=graph&operator=a', { tab: 'logs' })).toBe('?tab=logs&operator=a')
  })

  it('loses what is set to null or to nothing', () => {
    expect(searchAfter('?tab=graph&search=x', { tab: null, search: '' })).toBe('')
  })

  it('takes several changes at once, and any text', () => {
    expect(new URLSearchParams(searchAfter('', { a: 'x & y', b: 'ü=1' })).get('b')).toBe('ü=1')
  })
})
