/** Why a process ends. `orphaned`: its parent is gone. */
export type ShutdownReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'orphaned' | 'failed'

type Step = (reason: ShutdownReason) => void | Promise<void>

interface RegisteredStep {
  readonly run: Step
  readonly timeoutMs: number
}

const STEP_TIMEOUT_MS = 2000
/** The whole shutdown is done within this, so that a supervisor's SIGKILL after 4 s is never needed. */
const TOTAL_TIMEOUT_MS = 3500

let totalTimeoutMs = TOTAL_TIMEOUT_MS

const steps: RegisteredStep[] = []
let running: Promise<never> | null = null

/**
 * Registers what to do before this process ends; the last one registered runs first. Each has `timeoutMs`, all together
 * 3.5 s unless `shutDownOnSignals` says otherwise; a step that takes longer or throws does not keep the others from running. Gives back how to take it out again.
 */
export function onShutdown(step: Step, timeoutMs: number = STEP_TIMEOUT_MS): () => void {
  const registered = { run: step, timeoutMs }
  steps.push(registered)
  return () => {
    const index = steps.indexOf(registered)
    if (index >= 0) steps.splice(index, 1)
  }
}

/** A SIGINT that follows another one sooner is the same key press, passed on by npm beside the terminal. */
const SAME_KEY_PRESS_MS = 500

/**
 * Makes SIGINT, SIGTERM and SIGHUP shut this process down. A second Ctrl-C ends it at once. `timeoutMs` bounds all steps
 * together, for whatever reason the process shuts down.
 */
export function shutDownOnSignals(timeoutMs: number = TOTAL_TIMEOUT_MS): void {
  totalTimeoutMs = timeoutMs
  let firstMs = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (running === null) firstMs = performance.now()
      else if (signal === 'SIGINT' && performance.now() - firstMs > SAME_KEY_PRESS_MS) process.exit(130)
      void shutDown(signal)
    })
  }
}

/** Runs the registered steps and ends the process; a second call waits for the first. Never returns. */
export function shutDown(reason: ShutdownReason, exitCode: number = reason === 'failed' ? 1 : 0): Promise<never> {
  running ??= runSteps(reason, exitCode)
  return running
}

async function runSteps(reason: ShutdownReason, exitCode: number): Promise<never> {
  setTimeout(() => {
    process.stderr.write(`shutdown took longer than ${totalTimeoutMs} ms: ending now\n`)
    process.exit(exitCode === 0 ? 1 : exitCode)
  }, totalTimeoutMs)
  for (const step of steps.splice(0).reverse()) {
    try {
      await within(step.run(reason), step.timeoutMs)
    } catch (error) {
      process.stderr.write(`a step of the shutdown failed: ${error instanceof Error ? error.stack : String(error)}\n`)
    }
  }
  process.exit(exitCode)
}

async function within(work: void | Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
