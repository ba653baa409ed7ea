import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileWatch } from './file-watch.ts'
import { filesOf } from './watched-files.ts'

let folder: string
let changes: number
let watch: FileWatch
const path = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-watch-'))
  changes = 0
  watch = new FileWatch(() => changes++)
  writeFileSync(path('a.ts'), 'a')
  writeFileSync(path('b.ts'), 'b')
})
afterEach(() => {
  watch.close()
  rmSync(folder, { recursive: true })
})

async function untilChanges(expected: number): Promise<void> {
  const deadline = performance.now() + 5_000
  while (changes < expected && performance.now() < deadline) await sleep(20)
  expect(changes).toBe(expected)
}

/** Longer than the watch needs for a change. */
const settled = () => sleep(600)

describe('watching files', () => {
  it('tells of a change once, though it is written in several steps', async () => {
    watch.watch([path('a.ts'), path('b.ts')])
    await settled()
    expect(changes).toBe(0)
    writeFileSync(path('a.ts'), 'a2')
    writeFileSync(path('b.ts'), 'b2')
    await untilChanges(1)
    await settled()
    expect(changes).toBe(1)
  })

  it('finds a file again that was replaced, or came back', async () => {
    watch.watch([path('a.ts')])
    await settled()
    writeFileSync(path('a.ts~'), 'new')
    renameSync(path('a.ts~'), path('a.ts'))
    await untilChanges(1)
    rmSync(path('a.ts'))
    await untilChanges(2)
    writeFileSync(path('a.ts'), 'back')
    await untilChanges(3)
  })

  it('tells nothing of files that are no longer watched', async () => {
    watch.watch([path('a.ts')])
    watch.watch([path('b.ts')])
    await settled()
    writeFileSync(path('a.ts'), 'a2')
    await settled()
    expect(changes).toBe(0)
    writeFileSync(path('b.ts'), 'b2')
    await untilChanges(1)
  })
})

describe('the files of a job', () => {
  const job = (source: string) => ({
    shownPath: 'job.ts',
    path: path('job.ts'),
    folder,
    fileName: 'job.ts',
    kind: 'ts' as const,
    source,
  })

  it('are itself and what it imports of its own project', async () => {
    writeFileSync(path('b.ts'), `export { c } from './c.ts'`)
    writeFileSync(path('c.ts'), 'export const c = 1')
    const source = `import { StreamExecutionEnvironment } from '@weir/sdk'\nimport { c } from './b.ts'\nexport default [StreamExecutionEnvironment, c]`
    const files = await filesOf(job(source), ['StreamExecutionEnvironment'])
    expect([...files].sort()).toEqual([path('c.ts'), path('job.ts')])
  })

  it('are itself and the file with the mistake when it cannot be bundled', async () => {
    writeFileSync(path('b.ts'), 'export const c = {')
    const files = await filesOf(job(`import { c } from './b.ts'\nexport default c`), [])
    expect([...files].sort()).toEqual([path('b.ts'), path('job.ts')])
  })
})
