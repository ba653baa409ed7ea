import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrationsFolder } from '../../test/store-fixtures.ts'

const root = join(import.meta.dirname, '../../../..')
const run = promisify(execFile)
let app: string

/** An app that has the store and nothing else, on ignored ground inside the tree so that packages resolve. */
beforeAll(() => {
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true })
  app = mkdtempSync(join(root, 'node_modules', '.cache', 'store-app-'))
  const store = (file: string) => JSON.stringify(join(import.meta.dirname, file))
  mkdirSync(join(app, 'src'))
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(app, 'src', 'database-worker.ts'), `import ${store('database-worker.ts')}`)
  writeFileSync(
    join(app, 'src', 'main.ts'),
    `import { openMetaStore } from ${store('open-meta-store.ts')}
    const [dataFolder, migrationsFolder] = process.argv.slice(2)
    const store = await openMetaStore({ dataFolder, migrationsFolder })
    console.log(JSON.stringify(await store.jobs.countJobs()))
    await store.close()`,
  )
})
afterAll(() => rmSync(app, { recursive: true, force: true }))

test('bundled as the apps are, the store finds its thread beside main.js and works', async () => {
  await run(process.execPath, [join(root, 'scripts', 'build-app.mjs')], { cwd: app })
  expect(readdirSync(join(app, 'dist'))).toContain('database-worker.js')
  const main = [join(app, 'dist', 'main.js'), join(app, 'data'), migrationsFolder]
  const { stdout } = await run(process.execPath, main, { cwd: app })
  expect(JSON.parse(stdout)).toMatchObject({ RUNNING: 0, FAILED: 0 })
})
