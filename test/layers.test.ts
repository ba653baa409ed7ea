import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkFile, isTestFile, MAY_IMPORT, packagesTakenIn, unitOf } from './layers.ts'

const root = join(import.meta.dirname, '..')
const files = globSync(
  ['{packages,apps}/*/src/**/*.{ts,tsx}', 'apps/web/{app,ui,features,lib,server}/**/*.{ts,tsx}', 'apps/web/*.ts'],
  { cwd: root },
).filter(file => !file.includes('/generated/') && !file.endsWith('.d.ts'))

test('every file imports its own folder or a lower layer, and the core touches the world only through the platform', () => {
  expect(files.length).toBeGreaterThan(50)
  const violations = files.flatMap(file => checkFile(file, readFileSync(join(root, file), 'utf8')))
  expect(violations.map(({ file, line, what }) => `${file}:${line} ${what}`)).toEqual([])
})

test('the table of layers has no circle', () => {
  const visiting = new Set<string>()
  const done = new Set<string>()
  const visit = (unit: string): void => {
    expect(visiting, `a circle through ${unit}`).not.toContain(unit)
    if (done.has(unit)) return
    visiting.add(unit)
    for (const lower of MAY_IMPORT[unit] ?? []) visit(lower)
    visiting.delete(unit)
    done.add(unit)
  }
  for (const unit of Object.keys(MAY_IMPORT)) visit(unit)
})

// Turbo builds anew only when something that it knows of has changed: what is missing from what it knows is built once
// and then stale for ever.
describe('turbo knows what is built into', () => {
  const text = (path: string): string => readFileSync(join(root, path), 'utf8')

  test('the programs: each folder names the packages that its files import', () => {
    const missing = files
      .filter(file => !isTestFile(file))
      .flatMap(file => {
        const [group, name] = file.split('/')
        const manifest = JSON.parse(text(`${group}/${name}/package.json`)) as { dependencies?: Record<string, string> }
        return packagesTakenIn(file, text(file))
          .filter(target => target !== `@weir/${name}` && manifest.dependencies?.[target] === undefined)
          .map(target => `${file}: ${target}`)
      })
    expect(missing).toEqual([])
  })

  test('the web app: its inputs hold all that pages and their server may import', () => {
    const { tasks } = JSON.parse(text('turbo.json')) as { tasks: Record<string, { inputs: string[] }> }
    const { inputs } = tasks['@weir/web#build']!
    const units = [...MAY_IMPORT['apps/web']!, ...MAY_IMPORT['apps/web/server']!]
    const folders = units.map(unit => {
      const engine = /^engine\/(.+)$/.exec(unit)
      return engine === null ? `packages/${unit.split('/')[0]}/src` : `packages/engine/src/${engine[1]}`
    })
    expect(folders.filter(folder => !inputs.includes(`$TURBO_ROOT$/${folder}/**`))).toEqual([])
  })
})

describe('the checker catches', () => {
  const what = (path: string, source: string): string[] => checkFile(path, source).map(violation => violation.what)
  const window = 'packages/engine/src/window/assigners.ts'

  test.each([
    ['an import of a higher layer', window, `import { Map } from '../operators/map.ts'`],
    ['an import of types alone', window, `import type { Map } from '../operators/map.ts'`],
    ['a type import in place', window, `let x: import('../operators/map.ts').Map`],
    ['an export from elsewhere', window, `export * from '../operators/map.ts'`],
    ['a dynamic import', window, `const x = await import('../operators/map.ts')`],
    ['an import by the package name', window, `import { Map } from '@weir/engine/operators/map'`],
    ['a neighbour of the same layer', 'packages/engine/src/time/timer.ts', `import '../state/ttl.ts'`],
    ['api and task seeing one another', 'packages/engine/src/api/stream.ts', `import '../task/subtask.ts'`],
    ['the ground looking up', 'packages/engine/src/base/ids.ts', `import '../record/key.ts'`],
    ['control seeing connectors', 'packages/control/src/job/master.ts', `import '@weir/connectors/file'`],
    ['connectors seeing the sdk', 'packages/connectors/src/file.ts', `import '@weir/sdk'`],
    ['process seeing the engine beyond its ground', 'packages/process/src/x.ts', `import '@weir/engine/task/subtask'`],
    ['a package seeing process', 'packages/submission/src/x.ts', `import '@weir/process/settings'`],
    ['an app seeing another by path', 'apps/cli/src/main.ts', `import '../../jobmanager/src/api/rest.ts'`],
    ['an app seeing another by name', 'apps/cli/src/main.ts', `import '@weir/jobmanager/api/rest'`],
    [
      'code of proto in the core',
      'packages/engine/src/task/x.ts',
      `import { Client } from '@weir/proto/generated/client'`,
    ],
    ['web taking code from the JobManager', 'apps/web/lib/x.tsx', `import { router } from '@weir/jobmanager/api/trpc'`],
    ['a page taking in code that needs Node', 'apps/web/ui/x.tsx', `import '@weir/process/ports'`],
    ['a page taking in its server', 'apps/web/ui/x.tsx', `import '../server/main.ts'`],
    ['a page taking in gRPC', 'apps/web/ui/x.tsx', `import '@weir/proto/credentials'`],
    ['what goes into browsers taking in gRPC', 'packages/proto/src/web/x.ts', `import '../credentials.ts'`],
    ['something outside of packages and apps', 'apps/cli/src/main.ts', `import '../../../e2e/cluster.ts'`],
    ['helpers of tests in code that ships', 'apps/cli/src/main.ts', `import '@weir/engine/testing/manual-clock'`],
    ['a folder that the table does not know', 'packages/engine/src/misc/x.ts', 'export const a = 1'],
    ['a package that the table does not know', 'packages/utils/src/x.ts', 'export const a = 1'],
    ['a module of Node in the core', window, `import { readFileSync } from 'node:fs'`],
    ['a module of Node without its prefix', window, `import fs from 'fs'`],
    ['a module of Node in control', 'packages/control/src/job/master.ts', `import { hrtime } from 'node:process'`],
    ['Date.now', window, 'const now = Date.now()'],
    ['Date.now taken as a value', window, 'const clock = { now: Date.now }'],
    ["Date['now']", window, `const now = Date['now']()`],
    ['new Date()', window, 'const now = new Date()'],
    ['Date()', window, 'const now = Date()'],
    ['performance.now', window, 'const now = performance.now()'],
    ['setTimeout', window, 'setTimeout(() => 1, 5)'],
    ['setInterval', window, 'const id = setInterval(() => 1, 5)'],
    ['setImmediate taken as a value', window, 'const later = setImmediate'],
    ['setTimeout by globalThis', window, 'globalThis.setTimeout(() => 1, 5)'],
    ['Math.random', window, 'const x = Math.random()'],
    ['process', window, 'const home = process.env.HOME'],
    ['crypto', window, 'const id = crypto.randomUUID()'],
    ['a timer in control', 'packages/control/src/job/master.ts', 'setTimeout(() => 1, 5)'],
    ['a default value in a parameter', window, 'export function f(now = Date.now()) { return now }'],
  ])('%s', (_, path, source) => {
    expect(what(path, source)).toHaveLength(1)
  })

  test('the line of each violation', () => {
    expect(checkFile(window, `// first\n\nconst now = Date.now()`)).toMatchObject([{ file: window, line: 3 }])
  })
})

describe('the checker lets pass', () => {
  const window = 'packages/engine/src/window/assigners.ts'

  test.each([
    ['lower layers', window, `import '../state/ttl.ts'; import '../time/timer.ts'; import '@weir/engine/base/errors'`],
    ['its own folder', window, `import './slices.ts'`],
    ['packages of others', window, `import { z } from 'zod'`],
    ['waiting for other threads', window, 'Atomics.waitAsync(new Int32Array(4), 0, 0)'],
    ['names of members', window, 'class A { process(x: A) { return x.process(x) } setTimeout = 1 }'],
    ['a parameter called process', window, 'export const f = (process: { run(): void }) => process.run()'],
    ['a date of a known time', window, 'new Date(5).toISOString()'],
    ['types of globals', window, 'let x: typeof setTimeout'],
    ['words in comments and strings', window, `// Date.now()\nconst text = 'Math.random() from "node:fs"'`],
    ['modules of Node outside of the core', 'packages/process/src/x.ts', `import 'node:fs'; setTimeout(() => 1, 1)`],
    ['types of proto in the core', 'packages/engine/src/task/x.ts', `import type { A } from '@weir/proto/metrics'`],
    ['the type of the router in web', 'apps/web/src/x.ts', `import type { Router } from '@weir/jobmanager/api/trpc'`],
    ['anything in a test', 'packages/engine/src/window/assigners.test.ts', `import '../task/subtask.ts'; Date.now()`],
  ])('%s', (_, path, source) => {
    expect(checkFile(path, source)).toEqual([])
  })

  test('files are told apart by their place', () => {
    expect(unitOf('packages/engine/src/window/assigners.ts')).toBe('engine/window')
    expect(unitOf('packages/control/src/job/job-master.ts')).toBe('control')
    expect(unitOf('apps/cli/src/main.ts')).toBe('apps/cli')
    expect(unitOf('e2e/x.ts')).toBeNull()
    expect(isTestFile('packages/control/src/testing/world.ts')).toBe(true)
    expect(isTestFile('packages/engine/src/window/assigners.ts')).toBe(false)
  })
})
