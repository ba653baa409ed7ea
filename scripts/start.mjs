// `npm start`: from a fresh clone to a running cluster.
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { requireSystemNode, root } from './project.mjs'
import { CommandError } from './run-command.mjs'
import { runPinned } from './run-pinned.mjs'
import { colorsFor, Steps } from './steps.mjs'

requireSystemNode()
try {
  await ensureBuilt(new Steps(), { web: true })
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`\n${colorsFor(process.stderr).red('error:')} ${error.message}\n`)
  process.exit(1)
}
// npm keeps running beside this process: when it is killed, the cluster ends too. A shell may go away and leave us.
const startedByNpm = process.env.npm_lifecycle_event === 'start'
runPinned(join(root, 'apps/cluster/dist/main.js'), process.argv.slice(2), { channel: true, parent: startedByNpm })
