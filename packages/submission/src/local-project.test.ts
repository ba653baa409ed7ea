import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GOOD, prepare, refusal } from './testing/prepare.ts'

let root: string
let jobs: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'weir-project-'))
  jobs = join(root, 'project', 'jobs')
  const files: Record<string, string> = {
    'outside.ts': 'export const secret = 1',
    'project/package.json': '{ "name": "project" }',
    'project/tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true, "target": "es5" } }',
    'project/shared/factor.ts': 'export const factor: number = 10',
    'project/jobs/parts/times.ts': `import { factor } from '../../shared/factor.ts'\nexport const times = (x: number) => x * factor`,
    'project/jobs/reads.ts': `import fs from 'node:fs'\nexport const reads = () => fs.readdirSync('/')`,
    'project/node_modules/esm/package.json': '{ "name": "esm", "type": "module", "exports": "./index.js" }',
    'project/node_modules/esm/index.js': `import './side.js'\nexport const one = 1`,
    'project/node_modules/esm/side.js': '',
    'project/node_modules/cjs/package.json': '{ "name": "cjs", "main": "main.js" }',
    'project/node_modules/cjs/main.js': `const { two } = require('./two.js')\nmodule.exports = { two }`,
    'project/node_modules/cjs/two.js': 'exports.two = 2',
    'project/node_modules/nodey/package.json': '{ "name": "nodey", "main": "main.js" }',
    'project/node_modules/nodey/main.js': `const fs = require('fs')\nmodule.exports = fs`,
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true })
    await writeFile(join(root, name), text)
  }
  await symlink(join(root, 'outside.ts'), join(jobs, 'link.ts'))
})
afterAll(() => rm(root, { recursive: true }))

const local = (imports: string, use: string) =>
  prepare(`${imports}\n${GOOD}env.numbers(1).map((x: number) => ${use}).print()\nexport default env`, {
    resolveFolder: jobs,
  })

describe('a job of a local project', () => {
  test('may import files of the project and its packages of both kinds', async () => {
    const imports = `import { times } from './parts/times.ts'\nimport { one } from 'esm'\nimport cjs from 'cjs'`
    const job = await local(imports, 'times(x) + one + cjs.two')
    expect(job.bundle).toContain('factor = 10')
    expect(job.bundle).toContain('exports.two = 2')
    expect(job.bundle).not.toMatch(/^import /m)
  })

  test('reads no tsconfig, so the same text gives the same bundle elsewhere', async () => {
    const job = await prepare(
      `import { StreamExecutionEnvironment, Unknown } from '@weir/sdk'\nconst env = new StreamExecutionEnvironment('x')\nenv.numbers(1).map((x: Unknown) => x).print()\nexport default env`,
      { resolveFolder: jobs },
    )
    expect(job.graph.nodes[1].config.fn).toBe('(x) => x')
  })

  test.each([
    [`import { secret } from '../../outside.ts'`, 'secret', /lies outside the project folder .*move the file into/],
    [`import { secret } from './link.ts'`, 'secret', /lies outside the project folder/],
    [`import fs from 'node:fs'`, 'fs', /"node:fs" is a module of Node/],
    [
      `import missing from './missing.ts'`,
      'missing',
      /there is no file "\.\/missing\.ts" beside this one; check the path/,
    ],
    [
      `import missing from 'missing'`,
      'missing',
      /there is no package "missing" in the project; correct its name, or install it/,
    ],
  ])('%s is refused', async (imports, use, message) => {
    const error = await refusal(local(imports, use))
    expect(error.code).toBe('JOB_IMPORT')
    expect(error.message).toMatch(message)
    expect(error.place).toMatchObject({ file: 'job.ts', line: 1 })
  })

  test('is refused when a file or package of it needs Node, and that place is named', async () => {
    const file = await refusal(local(`import { reads } from './reads.ts'`, 'reads()'))
    expect(file.code).toBe('JOB_IMPORT')
    expect(file.place).toMatchObject({ file: 'reads.ts', line: 1 })
    const ofPackage = await refusal(local(`import nodey from 'nodey'`, 'nodey'))
    expect(ofPackage.message).toMatch(/"fs" is a module of Node, which a job's package cannot import/)
  })
})
