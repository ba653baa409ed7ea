import { expect, it } from 'vitest'
import { pagesOf } from './pages-of.ts'
import type { PageQuery } from './records.ts'

const ROWS = [5, 4, 3, 2, 1]
const asked: PageQuery[] = []

async function read(query: PageQuery) {
  asked.push(query)
  const from = query.before === undefined ? 0 : ROWS.indexOf(query.before) + 1
  const rows = ROWS.slice(from, from + (query.limit ?? 0))
  return { rows, next: from + rows.length < ROWS.length ? rows.at(-1)! : null }
}

it('gives every row once, and asks from where the page before ended', async () => {
  asked.length = 0
  const pages: (readonly number[])[] = []
  for await (const rows of pagesOf(2, read)) pages.push(rows)
  expect(pages).toEqual([[5, 4], [3, 2], [1]])
  expect(asked).toEqual([{ limit: 2 }, { limit: 2, before: 4 }, { limit: 2, before: 2 }])
})

it('asks for no page that nobody wants', async () => {
  asked.length = 0
  for await (const rows of pagesOf(2, read)) if (rows.includes(4)) break
  expect(asked).toEqual([{ limit: 2 }])
})
