import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const script = join(root, 'scripts', 'build-app.mjs')
const made: string[] = []

/** An app folder inside dist-like, ignored ground of the tree, so that @weir/* resolves as for a real app. */
function app(files: Record<string, string>): string {
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, 'node_modules', '.cache', 'build-app-'))
  made.push(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true })
})

const build = (folder: string) => spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' })

test('bundles main and its workers flat, with our packages inside and those of node_modules outside', () => {
  const folder = app({
    'src/main.ts': `import { WeirError } from '@weir/engine/base/errors'\nimport { z } from 'zod'\nconsole.log(new WeirError('INTERNAL', 'x').code, typeof z.string)`,
    'src/deep/echo-worker.ts': `console.log('from the worker')`,
    'dist/stale.js': '',
  })
  expect(build(folder)).toMatchObject({ status: 0 })
  expect(readdirSync(join(folder, 'dist')).sort()).toEqual([
    'echo-worker.js',
    'echo-worker.js.map',
    'main.js',
    'main.js.map',
  ])
  expect(execFileSync(process.execPath, [join(folder, 'dist/main.js')], { encoding: 'utf8' })).toBe(
    'INTERNAL function\n',
  )
  const bundle = execFileSync('cat', [join(folder, 'dist/main.js')], { encoding: 'utf8' })
  expect(bundle).toContain('from "zod"')
  expect(bundle).not.toContain('@weir/engine')
})

test('an app without src/main.ts is an error that names it', () => {
  const result = build(app({ 'src/other.ts': '' }))
  expect(result.status).toBe(1)
  expect(result.stderr).toContain('has no src/main.ts')
})

test('two workers of one name are refused', () => {
  const result = build(app({ 'src/main.ts': '', 'src/a/x-worker.ts': '', 'src/b/x-worker.ts': '' }))
  expect(result.status).toBe(1)
  expect(result.stderr).toContain('would both be dist/x-worker.js')
})
