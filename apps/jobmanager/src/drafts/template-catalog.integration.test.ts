import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { SubmissionThread } from '@weir/submission/submission-thread'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobPreparer } from '../dispatcher/ports.ts'
import { ExampleData } from './example-data.ts'
import { TemplateCatalog } from './template-catalog.ts'

const root = mkdtempSync(join(tmpdir(), 'weir-templates-'))
const [project, workdir] = [join(root, 'project'), join(root, 'work')]
const warnings: string[] = []
const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) })
const thread = new SubmissionThread()
let prepared = 0
let failure: WeirError | null = null
const preparer: JobPreparer = {
  prepareJob: request => {
    prepared++
    if (failure !== null) return Promise.reject(failure)
    return thread.prepareJob(request)
  },
}
const data = new ExampleData({ project, workdir, logger })
const catalog = new TemplateCatalog({
  folder: join(project, 'examples'),
  preparer,
  data,
  isBounded: () => true,
  logger,
})

const job = (path: string): string => `// Copy: copies a file.
// Shows: files
import { fileSource, StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('copy')
env.addSource(fileSource({ path: '${path}', format: 'lines' })).print()
export default env
`

beforeAll(() => {
  mkdirSync(join(project, 'examples'), { recursive: true })
  mkdirSync(workdir)
})
afterAll(async () => {
  await thread.close()
  rmSync(root, { recursive: true, force: true })
})

describe('the catalogue of templates', () => {
  it('takes up a file that was added, and prepares it once for one content', async () => {
    expect(await catalog.list()).toEqual([])
    writeFileSync(join(project, 'examples/copy.ts'), job('a.txt'))
    writeFileSync(join(project, 'examples/copy.test.ts'), 'no template')
    writeFileSync(join(project, 'examples/prepare-data.mjs'), '')
    expect(await catalog.list()).toMatchObject([
      { id: 'copy', title: 'Copy', sentence: 'Copies a file.', tags: ['files'], fileName: 'copy.ts', bounded: true },
    ])
    await catalog.list()
    expect(prepared).toBe(1)
    writeFileSync(join(project, 'examples/copy.ts'), job('b.txt'))
    expect((await catalog.list())[0]?.source).toContain('b.txt')
    expect(prepared).toBe(2)
  })

  it('leaves out an example that this version cannot run, and says so in the log', async () => {
    writeFileSync(join(project, 'examples/future.ts'), `import { quantumSource } from '@weir/sdk'\nquantumSource()\n`)
    expect((await catalog.list()).map(({ id }) => id)).toEqual(['copy'])
    expect(warnings.join('')).toMatch(/the example future\.ts does not run in this version.*quantumSource/)
    await expect(catalog.source('future')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('has the two to begin with before the others are prepared', async () => {
    const before = prepared
    for (const id of ['word-count', 'alpha', 'beta']) {
      writeFileSync(join(project, `examples/${id}.ts`), job('a.txt').replace('Copy:', `${id}:`).replace('files', 'map'))
    }
    expect((await catalog.starters()).map(({ id }) => id)).toEqual(['word-count', 'alpha'])
    expect(prepared).toBe(before + 2)
    for (const id of ['word-count', 'alpha', 'beta']) rmSync(join(project, `examples/${id}.ts`))
    expect((await catalog.starters()).map(({ id }) => id)).toEqual(['copy'])
  })

  it('leaves out one that took too long only until it is looked at again', async () => {
    writeFileSync(join(project, 'examples/copy.ts'), job('c.txt'))
    failure = new WeirError('JOB_LIMIT', 'took more than 2 s')
    expect(await catalog.list()).toEqual([])
    failure = null
    expect((await catalog.list()).map(({ id }) => id)).toEqual(['copy'])
  })

  it('gives a template the path at which its input is, which is made when it is nowhere', async () => {
    const make = `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('data', { recursive: true })
writeFileSync('data/in.txt', 'x')
`
    writeFileSync(join(project, 'examples/prepare-data.mjs'), make)
    writeFileSync(join(project, 'examples/copy.ts'), job('data/in.txt'))
    expect((await catalog.source('copy')).source).toContain(`path: '${join(project, 'data/in.txt')}'`)
    mkdirSync(join(workdir, 'data'))
    writeFileSync(join(workdir, 'data/in.txt'), 'x')
    expect((await catalog.source('copy')).source).toBe(job('data/in.txt'))
  })
})
