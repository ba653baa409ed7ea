// Worker entry of `weir run` and `weir dev`: runs one job away from the thread that hears Ctrl-C. A function of the job
// that never returns, or uses up its heap, ends with this thread.
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { type LocalRow, runLocally } from '@weir/local-runner/run-locally'
import { LineWriter, rowText } from '../output/line-writer.ts'
import { CHUNKS_PENDING_MAX, type FromRun, type RunData } from './run-messages.ts'

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

function rowLine({ operator, subtask, row }: LocalRow): string {
  if (data.json) return `{"operator":${JSON.stringify(operator)},"subtask":${subtask},"row":${rowText(row)}}`
  const who = `${operator}[${subtask}]`
  return `${data.color ? `\u001b[2m${who}\u001b[0m` : who} ${rowText(row)}`
}

// It would end this thread in the middle of a row: as an error it is one of the function that called it.
process.exit = code => {
  throw new WeirError(
    'USER_EXIT',
    `process.exit(${code ?? ''}) was called: a job ends when its input does; throw an error to fail it`,
  )
}

const cancel = new AbortController()
port.on('message', () => cancel.abort())

try {
  const { status } = await runLocally({
    file: data.file,
    ...(data.parallelism === null ? {} : { parallelism: data.parallelism }),
    workdir: data.workdir,
    signal: cancel.signal,
    onRow(row) {
      if (data.json || /^(print|collect)/.test(row.sink)) rows.write(rowLine(row))
    },
    onLog: (level, operator, subtask, message) => tell({ type: 'log', level, operator, subtask, message }),
  })
  rows.flush()
  tell({ type: 'ended', status })
} catch (thrown) {
  rows.flush()
  tell({ type: 'failed', error: WeirError.from(thrown).toJson() })
}
port.close()
