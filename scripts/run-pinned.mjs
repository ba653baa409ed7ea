// Runs a program under the pinned Node in the foreground: the terminal is its own, signals are passed on.
import { execFileSync, spawn } from 'node:child_process'
import { pinnedNode, toolEnv } from './project.mjs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const PARENT_POLL_MS = 500

/**
 * Runs a script and ends this process as the script ended. With `channel`, the script notices the end of this process,
 * whatever its cause (an IPC channel closes); with `parent`, this process ends when the one that started it is gone.
 */
export function runPinned(script, args, { channel = false, parent = false, nodeArgs = [] } = {}) {
  const child = spawn(pinnedNode, [...nodeArgs, script, ...args], {
    stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: toolEnv(),
  })
  // The terminal sends Ctrl-C to the child too; a kill reaches only this process.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  if (parent) {
    const lives = watchCallers()
    setInterval(() => {
      // The child sees the channel close, and stops.
      if (!lives()) process.exit(1)
    }, PARENT_POLL_MS).unref()
  }
  child.on('error', error => {
    console.error(`error: ${pinnedNode} cannot be run: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    for (const name of SIGNALS) process.removeAllListeners(name)
    if (signal !== null) process.kill(process.pid, signal)
    else process.exit(code)
  })
}

/**
 * A function that says whether those who started this process are still there: its parent and, where that is only the
 * shell between npm and a script, npm itself. A killed npm leaves its shell behind.
 */
function watchCallers() {
  const parent = process.ppid
  const npm = shellsParent(parent)
  return () => process.ppid === parent && (npm === null || isAlive(npm))
}

/** The parent of a process that is a shell; null where it is none, or where the system cannot be asked. */
function shellsParent(pid) {
  try {
    const answer = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const match = /^\s*(\d+)\s+(?:\S*\/)?(?:ba|da|a|z)?sh\s*$/.exec(answer)
    return match === null ? null : Number(match[1])
  } catch {
    // A system without ps: the end of the parent itself is noticed all the same.
    return null
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
