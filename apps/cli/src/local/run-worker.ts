// Worker entry of `weir run` and `weir dev`: runs one job away from the thread that hears Ctrl-C. A function of the job
// that never returns, or uses up its heap, ends with this thread.
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { type LocalRow, runLocally } from '@weir/local-runner/run-locally'
import { collectGarbage } from '@weir/process/collect-garbage'
import { missingFeatures } from '@weir/submission/missing-features'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { shownPlace } from '@weir/submission/problems'
import { checkPaths } from '../job-file/check-paths.ts'
import { LineWriter, rowText } from '../output/line-writer.ts'
import { withVisibleControls } from '../output/terminal-text.ts'
import { CHUNKS_PENDING_MAX, type FromRun, type RunData, type ToRun } from './run-messages.ts'

const port = parentPort
assert(port, 'jobs are run in a worker thread')
const data = workerData as RunData
const chunksPending = new Int32Array(data.chunksPending)
const tell = (message: FromRun): void => port.postMessage(message)

const rows = new LineWriter({
  write(text) {
    // Who reads the rows may be slow: then the job is, and memory stays bounded.
    for (;;) {
      const pending = Atomics.load(chunksPending, 0)
      if (pending < CHUNKS_PENDING_MAX) break
      Atomics.wait(chunksPending, 0, pending)
    }
    Atomics.add(chunksPending, 0, 1)
    tell({ type: 'rows', text })
  },
})

const shown = (text: string): string => (data.terminal ? withVisibleControls(text) : text)

function rowLine({ operator, sink, subtask, row }: LocalRow): string {
  if (data.json) return `{"operator":${JSON.stringify(operator)},"subtask":${subtask},"row":${rowText(row)}}`
  // A print sink has made a line for people already.
  if (sink === 'print' && typeof row === 'string') return shown(row)
  const who = shown(`${operator}[${subtask}]`)
  return `${data.color ? `\u001b[2m${who}\u001b[0m` : who} ${shown(rowText(row))}`
}

// It would end this thread in the middle of a row: as an error it is one of the function that called it.
process.exit = code => {
  throw new WeirError(
    'USER_EXIT',
    `process.exit(${code ?? ''}) was called: a job ends when its input does; throw an error to fail it`,
  )
}

/** What is told of an error that no call of the job's functions was there to throw; undefined before the job runs. */
let reportUncaught: ((thrown: unknown, what: string) => void) | undefined
const uncaught = (what: string) => (thrown: unknown) => {
  if (reportUncaught === undefined) tell({ type: 'failed', error: WeirError.from(thrown).toJson() })
  else reportUncaught(thrown, what)
}
process.on('uncaughtException', uncaught('an error was thrown outside of an operator call'))
process.on('unhandledRejection', uncaught('a promise was rejected and nobody handled it'))

const cancel = new AbortController()
let cancelWanted = false
let started = false

/** The runner hears the signal once the job has started: a wish that comes before waits until then. */
function requestCancel(): void {
  cancelWanted = true
  if (started) cancel.abort()
}

port.on('message', (message: ToRun) => {
  if (message.type === 'cancel') requestCancel()
  else tell({ type: 'heap', aliveBytes: collectGarbage() })
})

/** What the look at the job's paths has found; until it is done, log lines wait, which would say the same again. */
let pathCheck: Promise<WeirError | null> = Promise.resolve(null)
let heldLogs: FromRun[] | null = []

async function check(job: PreparedJob): Promise<WeirError | null> {
  try {
    await checkPaths(job, data.workdir)
    for (const line of heldLogs ?? []) tell(line)
    heldLogs = null
    return null
  } catch (thrown) {
    // A missing file counts as a fault of the world, which a cluster waits out; a person in front of a terminal does not.
    requestCancel()
    return WeirError.from(thrown)
  }
}

async function run(): Promise<FromRun> {
  try {
    const { status } = await runLocally({
      file: data.file,
      ...(data.parallelism === null ? {} : { parallelism: data.parallelism }),
      workdir: data.workdir,
      stateMb: data.stateMb,
      tempFolder: data.tempFolder,
      signal: cancel.signal,
      probe: data.probe,
      onOperators: operators => tell({ type: 'operators', operators }),
      onPrepared(job) {
        const notice = { type: 'log', level: 'warn', operator: '', subtask: 0 } as const
        for (const warning of job.warnings) {
          tell({ ...notice, message: `${shownPlace(warning)} ${warning.message}`.trim() })
        }
        for (const message of missingFeatures(job.graph)) tell({ ...notice, message })
        pathCheck = check(job)
      },
      onUncaught(report) {
        reportUncaught = report
      },
      onStatus() {
        started = true
        if (cancelWanted) cancel.abort()
      },
      onRow(row) {
        if (data.json || row.sink === 'print' || row.sink === 'collect') rows.write(rowLine(row))
      },
      onLog(level, operator, subtask, message) {
        const line: FromRun = { type: 'log', level, operator, subtask, message }
        if (heldLogs === null) tell(line)
        else heldLogs.push(line)
      },
    })
    return { type: 'ended', status }
  } catch (thrown) {
    return { type: 'failed', error: WeirError.from(thrown).toJson() }
  }
}

const end = await run()
const refused = await pathCheck
rows.flush()
tell(refused === null ? end : { type: 'failed', error: refused.toJson() })
port.close()
