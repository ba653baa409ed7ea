// `npm run bench -- <name> …`: runs bench/<name>.ts under the pinned Node, built first.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { requireSystemNode, root } from './project.mjs'
import { CommandError } from './run-command.mjs'
import { runPinned } from './run-pinned.mjs'
import { Steps } from './steps.mjs'

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
  await ensureBuilt(new Steps())
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  console.error(`error: ${error.message}`)
  process.exit(1)
}
runPinned(script, args)
