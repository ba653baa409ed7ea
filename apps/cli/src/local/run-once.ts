import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { WeirError } from '@weir/engine/base/errors'
import { isError } from '@weir/engine/base/thrown'
import { workerEntry } from '@weir/engine/base/worker-entry'
import { PROBE_OPERATOR } from '@weir/engine/task/chain-plan'
import type { LocalOperator } from '@weir/local-runner/local-cluster'
import { jobHeapLimits } from '@weir/process/heap-guard'
import { LOOK_MS, OperatorLooks } from '@weir/process/operator-looks'
import { watchHeap } from '@weir/process/watch-heap'
import { duration } from '../../../../scripts/steps.mjs'
import type { CliContext } from '../context.ts'
import type { JobFileText } from '../job-file/read-job-file.ts'
import type { FromRun, RunData, ToRun } from './run-messages.ts'

/** How long a job that is asked to stop may take. */
const STOP_MS_MAX = 3_000
/** Of the memory of the thread, what state may take up before it goes to disk. */
const STATE_SHARE = 0.25
/** How long a thread that has said all may take to end. */
const EXIT_MS_MAX = 300
/** How long V8 may take to end it by force. */
const TERMINATE_MS_MAX = 3_000

export interface RunOptions {
  readonly parallelism?: number
  /** Each row of its sinks is a line of NDJSON on stdout; otherwise those of print and collect sinks are, for people. */
  readonly json?: boolean
}

/** Runs a job in this process to its end, or until `signal`. Throws the error that failed it. */
export async function runOnce(
  file: JobFileText,
  options: RunOptions,
  context: CliContext,
  signal: AbortSignal,
): Promise<'FINISHED' | 'CANCELED'> {
  const startedMs = performance.now()
  const status = await withTempFolder(tempFolder => runInThread(file, options, context, signal, tempFolder))
  if (options.json !== true) {
    const colors = context.errColors
    const word = status === 'FINISHED' ? colors.green('finished') : colors.yellow('stopped')
    context.note(`${file.shownPath} ${word} after ${duration(performance.now() - startedMs)}`)
  }
  return status
}

/** The folder is gone afterwards, also where the thread that used it was ended by force, or this process ends at once. */
async function withTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-run-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await use(folder)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

async function runInThread(
  file: JobFileText,
  options: RunOptions,
  context: CliContext,
  signal: AbortSignal,
  tempFolder: string,
): Promise<'FINISHED' | 'CANCELED'> {
  const json = options.json === true
  const heapMb = context.settings.memorySizeMb
  const chunksPending = new Int32Array(new SharedArrayBuffer(4))
  const probe = new Int32Array(new SharedArrayBuffer(8))
  let operators: readonly LocalOperator[] = []
  const operatorOf = (probeId: number): LocalOperator | undefined =>
    operators.find(operator => operator.probeId === probeId)
  const running = (): LocalOperator | undefined => operatorOf(Atomics.load(probe, PROBE_OPERATOR))
  const looks = new OperatorLooks()
  const data: RunData = {
    file: file.path,
    parallelism: options.parallelism ?? null,
    workdir: context.settings.workdir,
    json,
    terminal: context.stdout.isTTY === true,
    color: context.stdout.isTTY === true && context.outColors.dim('x') !== 'x',
    chunksPending: chunksPending.buffer,
    probe: probe.buffer,
    stateMb: heapMb * STATE_SHARE,
    tempFolder,
  }
  // At its own limit V8 ends the whole process, with no word of the job: that stands further up, and the guard keeps this.
  const worker = new Worker(workerEntry(import.meta.url, './run-worker.ts'), {
    name: 'run',
    workerData: data,
    stdout: true,
    resourceLimits: jobHeapLimits(heapMb),
  })
  const send = (message: ToRun): void => worker.postMessage(message)
  // What the job writes to its console is not a row.
  worker.stdout.pipe(json ? context.stderr : context.stdout, { end: false })
  const ended = Promise.withResolvers<'FINISHED' | 'CANCELED'>()
  worker.on('message', (message: FromRun) => {
    switch (message.type) {
      case 'rows':
        context.stdout.write(message.text)
        Atomics.sub(chunksPending, 0, 1)
        Atomics.notify(chunksPending, 0)
        return
      case 'operators':
        operators = message.operators
        return
      case 'log':
        context.note(logLine(message, context))
        return
      case 'ended':
        return ended.resolve(message.status)
      case 'failed':
        return ended.reject(WeirError.fromJson(message.error))
      case 'heap':
        return heapWatch.onCollected(message.aliveBytes)
    }
  })
  worker.on('error', (error: unknown) => ended.reject(threadError(error, running())))
  const heapWatch = watchHeap(worker, heapMb, {
    requestCollection: () => send({ type: 'collect' }),
    onExhausted() {
      ended.reject(memoryError(operatorOf(looks.busiestLately) ?? running(), heapMb))
      void worker.terminate()
    },
  })
  const lookTimer = setInterval(() => looks.look(Atomics.load(probe, PROBE_OPERATOR)), LOOK_MS)
  const exited = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  worker.on('exit', code => {
    // Everything that it had to say has arrived before: a thread that just ends was ended.
    ended.reject(new WeirError('USER_EXIT', `the job ended the thread that it ran in, with code ${code}`))
  })

  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    send({ type: 'cancel' })
    timer = setTimeout(() => {
      context.note(
        `the job did not stop within ${STOP_MS_MAX / 1000} s and was ended: ${functionOf(running())} does not return`,
      )
      ended.resolve('CANCELED')
    }, STOP_MS_MAX)
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    return await ended.promise
  } finally {
    clearTimeout(timer)
    heapWatch.stop()
    clearInterval(lookTimer)
    signal.removeEventListener('abort', stop)
    // It ends by itself once its console has been passed on; a function that does not return is ended with it.
    await Promise.race([exited, sleep(EXIT_MS_MAX)])
    const isGone = worker.terminate().then(() => true)
    context.hasUnstoppableThread = !(await Promise.race([isGone, sleep(TERMINATE_MS_MAX, false)]))
  }
}

function threadError(error: unknown, running: LocalOperator | undefined): WeirError {
  const place = running === undefined ? {} : { operator: running.name, subtask: running.subtask }
  if (isError(error) && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return memoryError(running, null)
  return WeirError.from(error, 'USER_FUNCTION', place)
}

function memoryError(running: LocalOperator | undefined, limitMb: number | null): WeirError {
  const place = running === undefined ? {} : { operator: running.name, subtask: running.subtask }
  const who = running === undefined ? 'the job' : `operator '${running.name}'`
  const message =
    limitMb === null
      ? `${who} used up the memory of its thread: keep less in its functions and state`
      : `${who} used up the ${limitMb} MB of memory of its thread: keep less in its functions and state, or raise MEMORY_SIZE`
  return new WeirError('USER_MEMORY', message, { place })
}

function functionOf(running: LocalOperator | undefined): string {
  return running === undefined ? 'a function of it' : `a function of operator '${running.name}'`
}

function logLine(log: Extract<FromRun, { type: 'log' }>, context: CliContext): string {
  const colors = context.errColors
  const color = log.level === 'error' ? colors.red : log.level === 'warn' ? colors.yellow : colors.dim
  const who = log.operator === '' ? '' : ` ${colors.cyan(context.errText(`${log.operator}[${log.subtask}]`))}`
  return `${color(log.level)}${who} ${context.errText(log.message)}`
}
