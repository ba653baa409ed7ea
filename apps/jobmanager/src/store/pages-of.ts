import type { Page, PageQuery } from './records.ts'

/** The rows of one page after the other, newest first, until there are no more or nobody wants any. */
export async function* pagesOf<T>(
  limit: number,
  read: (query: PageQuery) => Promise<Page<T>>,
): AsyncGenerator<readonly T[], void, void> {
  let before: number | null = null
  do {
    const page: Page<T> = await read({ limit, ...(before === null ? {} : { before }) })
    yield page.rows
    before = page.next
  } while (before !== null)
}
