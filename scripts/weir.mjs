// The command `weir` of this clone: installs and builds what is missing, then runs the command line app. The launcher at
// the root starts this under the pinned Node where there is one; then the app runs in this very process.
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './ensure-built.mjs'
import { pinnedNode, requireSystemNode, root } from './project.mjs'
import { CommandError } from './run-command.mjs'
import { runPinned } from './run-pinned.mjs'
import { colorsFor, Steps } from './steps.mjs'

requireSystemNode()
try {
  await ensureBuilt(new Steps())
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`\n${colorsFor(process.stderr).red('error:')} ${error.message}\n`)
  process.exit(1)
}
const app = join(root, 'apps/cli/dist/main.js')
// process.execPath may be of an installation that has just been replaced: then its file is gone, or another one.
if (isPinnedNode()) {
  process.argv[1] = app
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(app).href)
} else {
  runPinned(app, process.argv.slice(2), { nodeArgs: ['--enable-source-maps'] })
}

function isPinnedNode() {
  const pinned = realpathSync(pinnedNode)
  return process.execPath === pinned
}
