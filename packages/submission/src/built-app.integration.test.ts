import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folders: string[] = []
afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))))

const MAIN = `import { loadJob } from '@weir/submission/load-job'
import { SubmissionThread } from '@weir/submission/submission-thread'

const submissions = new SubmissionThread()
const source = \`import { StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('built')
env.fromElements(1).map(x => x + 1).print()
await env.execute()\`
const { bundle, sourceMap, graph, graphHash } = await submissions.prepareJob({ source, fileName: 'job.ts' })
const loaded = await loadJob({ code: bundle, sourceMap, graph, graphHash, folder: process.argv[2], instance: 0 })
console.log(JSON.stringify([loaded.graph.name, loaded.functions.size]))
await submissions.close()
`

test('an app that is built into a few files prepares and loads jobs without the sources', async () => {
  const app = await mkdtemp(join(tmpdir(), 'weir-app-'))
  folders.push(app)
  await mkdir(join(app, 'src'))
  await symlink(join(root, 'node_modules'), join(app, 'node_modules'))
  await writeFile(join(app, 'package.json'), '{ "type": "module" }')
  await writeFile(join(app, 'src', 'main.ts'), MAIN)
  execFileSync(process.execPath, [join(root, 'scripts', 'build-app.mjs')], { cwd: app })
  await rm(join(app, 'src'), { recursive: true })
  const output = execFileSync(process.execPath, [join('dist', 'main.js'), join(app, 'jobs')], {
    cwd: app,
    encoding: 'utf8',
  })
  expect(JSON.parse(output)).toEqual(['built', 3])
})
