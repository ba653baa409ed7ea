import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLocally } from '@weir/local-runner/run-locally'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** Every job on the page about operators prints what the page says. */

const page = readFileSync(join(import.meta.dirname, '../../../docs/operators.md'), 'utf8')
const SECTION = /^## (.+)$[\s\S]*?^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/gm
const jobs = [...page.matchAll(SECTION)].map(([, title, code, rows]) => [title, code, rows] as [string, string, string])
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-docs-operators-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('every section has a job and its rows', () => {
  expect(jobs.map(([title]) => title)).toEqual([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title))
  expect(jobs.length).toBeGreaterThanOrEqual(5)
})

it.each(jobs)('%s', async (title, code, expected) => {
  const file = join(folder, `${title.replaceAll(/\W+/g, '-')}.ts`)
  writeFileSync(file, code)
  const rows: string[] = []
  const { status } = await runLocally({
    file,
    parallelism: 1,
    workdir: folder,
    onRow: ({ row }) => rows.push(String(row).replace(/^print\[\d+\]> /, '')),
  })
  expect(status).toBe('FINISHED')
  expect(rows.sort()).toEqual(expected.trimEnd().split('\n').sort())
})
