// `npm run bench -- <name> …`: runs bench/<name>.ts under the pinned Node, built first.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { requireSystemNode, root } from './project.mjs'
import { CommandError } from './run-command.mjs'
import { runPinned } from './run-pinned.mjs'
import { Steps } from './steps.mjs'

/** The benchmarks that start a cluster. */
const CLUSTER = ['exchange', 'flink', 'latency', 'many-jobs', 'nexmark', 'word-count']

requireSystemNode()
const [name, ...args] = process.argv.slice(2)
const folder = join(root, 'bench')
const script = join(folder, `${name}.ts`)
if (name === undefined || !/^[a-z0-9-]+$/.test(name) || !existsSync(script)) {
  const names = readdirSync(folder)
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => file.slice(0, -'.ts'.length))
  console.error(`usage: npm run bench -- <name> [options]\nbenchmarks: ${names.join(', ') || 'none yet'}`)
  process.exit(2)
}
try {
  // A cluster as `npm start` runs it has the web app, too. Those without one have no need of it, or build it themselves.
  await ensureBuilt(new Steps(), { web: CLUSTER.includes(name) })
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  console.error(`error: ${error.message}`)
  process.exit(1)
}
runPinned(script, args)
