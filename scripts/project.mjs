// Where things are in this clone, and the environment that finds its own Node first.
import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
export const bin = join(root, 'node_modules', '.bin')
/** The Node that Weir pins: everything but these scripts runs under it. */
export const pinnedNode = join(bin, 'node')

const NODE_MAJOR_MIN = 20

/** Ends the process where the system's Node cannot even run the installation. */
export function requireSystemNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) return
  console.error(
    `error: Node ${process.versions.node} is too old: some Node ${NODE_MAJOR_MIN} or newer is needed to begin. ` +
      'Weir then brings the Node it runs under itself.',
  )
  process.exit(1)
}

/** The environment for tools of the project: its own programs first, nothing that calls home. */
export function toolEnv(env = process.env) {
  return {
    ...env,
    PATH: [bin, env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}

/**
 * The environment for npm itself: without the clone's programs, since `npm ci` deletes the very Node it would run under,
 * and without what the npm that started this script has set for it.
 */
export function npmEnv(env = process.env) {
  const path = (env.PATH ?? '').split(delimiter).filter(folder => !folder.endsWith(join('node_modules', '.bin')))
  return { ...env, PATH: path.join(delimiter) }
}

export function isInstalled() {
  return existsSync(pinnedNode)
}
