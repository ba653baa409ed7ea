import { Worker } from 'node:worker_threads'
import { shutDown } from './shutdown.ts'

/** How often the watchdog looks whether the parent is still there. */
const POLL_MS = 500
/** How long the graceful end may take before the watchdog kills the process: with POLL_MS well within 5 s. */
const GRACE_MS = 3800

/**
 * Written as text since it must run where no bundle stands beside this file. In a thread of its own, so that it works
 * while the main thread is busy or blocked. It sees a new parent process id: the system gave this process to another
 * one when its parent died, in whatever way.
 */
const WATCHDOG = `
const { parentPort, workerData } = require('node:worker_threads')
const timer = setInterval(() => {
  if (process.ppid === workerData.parent) return
  clearInterval(timer)
  parentPort.postMessage('orphaned')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), workerData.graceMs)
}, workerData.pollMs)
`

/**
 * Binds the life of this process to that of the process that started it: when the parent is gone, killed with -9
 * included, this one shuts down (see `onShutdown`) and has ended within 5 s even if its main thread hangs. Two signs are
 * watched: the IPC channel closes (at once), and the parent's process id changes (within 500 ms). Call it first in
 * `main.ts` of a process that a supervisor starts; it does nothing in one that was started without an IPC channel.
 */
export function endWithParent(): void {
  if (process.send === undefined) return
  const orphaned = (): void => {
    void shutDown('orphaned')
  }
  process.on('disconnect', orphaned)
  if (!process.connected) orphaned()
  // The error of a parent that went away between two messages: 'disconnect' follows.
  process.on('error', orphaned)

  const watchdog = new Worker(WATCHDOG, {
    eval: true,
    workerData: { parent: process.ppid, pollMs: POLL_MS, graceMs: GRACE_MS },
    execArgv: [],
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  watchdog.on('message', orphaned)
  watchdog.unref()
}
