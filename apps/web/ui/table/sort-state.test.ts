import { describe, expect, it } from 'vitest'
import { heldOrder, parseSort, sortText } from './sort-state.ts'

describe('a sort in the address', () => {
  it('reads back what it wrote', () => {
    const sort = { column: 'recordsIn', descending: true }
    expect(parseSort(sortText(sort))).toEqual(sort)
    expect(sortText(null)).toBeNull()
  })

  it.each([null, '', 'name', 'name:up', ':asc', 'a b:asc'])('is none for %j', text => {
    expect(parseSort(text)).toBeNull()
  })
})

describe('rows under the pointer', () => {
  it('stay where they were, and new ones come last', () => {
    const rows = ['d', 'c', 'b', 'a'].map(id => ({ id }))
    expect(heldOrder(rows, row => row.id, ['a', 'b', 'c']).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  })
})
