// `npm start`: from a fresh clone to a running cluster.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { pinnedNode, requireSystemNode, root, toolEnv } from './project.mjs'
import { CommandError } from './run-command.mjs'
import { runPinned } from './run-pinned.mjs'
import { colorsFor, Steps } from './steps.mjs'

const cluster = join(root, 'apps/cluster/dist/main.js')

/** A port or a WEIR_HOME that another process has is better known now than after minutes of building. */
function requireFree() {
  const { status } = spawnSync(pinnedNode, [cluster, '--check'], { stdio: 'inherit', env: toolEnv() })
  if (status !== 0) process.exit(1)
}

requireSystemNode()
try {
  await ensureBuilt(new Steps(), { web: true, beforeWeb: requireFree })
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`\n${colorsFor(process.stderr).red('error:')} ${error.message}\n`)
  process.exit(1)
}
// npm keeps running beside this process: when it is killed, the cluster ends too. A shell may go away and leave us.
const startedByNpm = process.env.npm_lifecycle_event === 'start'
runPinned(cluster, process.argv.slice(2), { channel: true, parent: startedByNpm })
