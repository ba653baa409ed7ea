'use client'
import { useMemo } from 'react'
import { useUrlState } from '@/lib/use-url-state.ts'
import { parseSort, type Sort, sortText } from './sort-state.ts'

/** A table's sort in the address: `const [sort, setSort] = useTableSort('name:asc')`. */
export function useTableSort(fallback: string, parameter = 'sort'): [Sort | null, (sort: Sort | null) => void] {
  const [text, setText] = useUrlState(parameter, { fallback })
  const sort = useMemo(() => parseSort(text), [text])
  return [sort, next => setText(sortText(next))]
}
