// Runs a program under the pinned Node in the foreground: the terminal is its own, signals are passed on.
import { spawn } from 'node:child_process'
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
    const startedBy = process.ppid
    setInterval(() => {
      // The child sees the channel close, and stops.
      if (process.ppid !== startedBy) process.exit(1)
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
