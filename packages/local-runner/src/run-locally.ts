import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { PublicStatus } from '@weir/control/job/public-status'
import { WeirError } from '@weir/engine/base/errors'
import { newJobId } from '@weir/engine/base/ids'
import { describeThrown } from '@weir/engine/base/thrown'
import { StateRoom } from '@weir/engine/state/state-room'
import { cryptoRandom } from '@weir/process/platform-node'
import { checkSystemLibraries } from '@weir/process/system-check'
import { LazySpillStore } from '@weir/state-host/lazy-spill-store'
import { loadBundle } from '@weir/submission/load-job'
import { mapError } from '@weir/submission/map-error'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { SubmissionThread } from '@weir/submission/submission-thread'
import { writeBundle } from '@weir/submission/write-bundle'
import { LocalCluster, type LocalOperator } from './local-cluster.ts'

export interface RunLocallyOptions {
  /** The job file: .ts, .js or .json. */
  readonly file: string
  readonly parallelism?: number
  /** Folder that relative paths of the job start from. */
  readonly workdir: string
  readonly onRow?: (row: LocalRow) => void
  /**
   * Two words in shared memory that tell another thread what this one is doing (see engine/task/chain-plan.ts); the names
   * behind the first come through `onOperators`.
   */
  readonly probe?: SharedArrayBuffer
  readonly onOperators?: (operators: readonly LocalOperator[]) => void
  readonly onStatus?: (status: PublicStatus, reason: string | null) => void
  readonly onLog?: (level: 'info' | 'warn' | 'error', operator: string, subtask: number, message: string) => void
  /** The job is prepared, and about to run. */
  readonly onPrepared?: (job: PreparedJob) => void
  /** How much memory state may take up before it goes to disk, MB; default 512. A job may say that it all stays in memory. */
  readonly stateMb?: number
  /** Folder for what the run keeps on disk while it lasts; default the system's for temporary files. */
  readonly tempFolder?: string
  /** Cancels the job. */
  readonly signal?: AbortSignal
  /**
   * Called before the job runs with what is to be told of errors that nobody has caught, such as those of a timer that a
   * function left behind, and how they came: they fail the job.
   */
  readonly onUncaught?: (report: (thrown: unknown, what: string) => void) => void
  /** Throws where this machine lacks what state on disk needs; another one in tests. */
  readonly checkSystem?: () => Promise<void>
}

const MB = 1024 * 1024
const STATE_MB = 512
const STATE_WRITE_BUFFER_MB = 32
const STATE_WRITE_BUFFERS = 3
const STATE_CACHE_MB = 64

/** A row that a sink published or wrote. */
export interface LocalRow {
  /** Name of the sink's operator. */
  readonly operator: string
  /** Type of the sink: `printSink`, `fileSink`, … */
  readonly sink: string
  readonly subtask: number
  readonly row: unknown
}

export interface LocalRunResult {
  readonly status: 'FINISHED' | 'CANCELED'
  readonly jobId: string
  readonly jobName: string
  readonly durationMs: number
}

/**
 * Runs a job in this process until its bounded input ends, or it is cancelled. Throws a WeirError that names the operator,
 * and the user's line where there is one.
 */
export async function runLocally(options: RunLocallyOptions): Promise<LocalRunResult> {
  const began = performance.now()
  const job = await prepare(options)
  // Said now: on the way to disk, minutes later, it would be a thread that does not answer.
  if (mayNeedDisk(job)) await (options.checkSystem ?? checkSystemLibraries)()
  options.onPrepared?.(job)
  const folder = await mkdtemp(join(options.tempFolder ?? tmpdir(), 'weir-run-'))
  const disk = new LazySpillStore({
    folder: join(folder, 'state'),
    writeBufferBytes: STATE_WRITE_BUFFER_MB * MB,
    writeBuffersMax: STATE_WRITE_BUFFERS,
    cacheBytes: STATE_CACHE_MB * MB,
    onLog: (level, message) => options.onLog?.(level, job.graph.name, 0, message),
  })
  try {
    const file = await writeBundle(job.bundle, folder)
    const { graph, graphHash, sourceMap } = job
    const nodeOf = new Map(graph.nodes.map(node => [node.uid, node]))
    const jobId = newJobId(cryptoRandom)
    const cluster = new LocalCluster({
      jobId,
      graph,
      load: async instance => (await loadBundle({ file, sourceMap, graph, graphHash, instance })).functions,
      workdir: resolve(options.workdir),
      room: () => new StateRoom((options.stateMb ?? STATE_MB) * MB, disk),
      place: error => mapError(error, { file, sourceMap }, 'USER_FUNCTION'),
      onRow: (operator, subtask, row) => {
        const node = nodeOf.get(operator)
        options.onRow?.({ operator: node?.name ?? operator, sink: node?.type ?? '', subtask, row })
      },
      probe: options.probe === undefined ? new Int32Array(2) : new Int32Array(options.probe),
      onOperators: operators => options.onOperators?.(operators),
      onStatus: (status, reason) => options.onStatus?.(status, reason),
      log: (level, operator, subtask, message) => options.onLog?.(level, operator, subtask, message),
    })
    const cancel = (): void => cluster.cancel()
    let uncaught: WeirError | undefined
    options.onUncaught?.((thrown, what) => {
      uncaught ??= mapError(uncaughtError(thrown, what), { file, sourceMap }, 'USER_FUNCTION')
      cancel()
    })
    options.signal?.addEventListener('abort', cancel)
    try {
      const running = cluster.run()
      if (options.signal?.aborted) cancel()
      // The first thing that went wrong is told, not what came of it.
      const status = await running.catch(error => {
        throw uncaught ?? error
      })
      if (uncaught !== undefined) throw uncaught
      return { status, jobId, jobName: graph.name, durationMs: performance.now() - began }
    } finally {
      options.signal?.removeEventListener('abort', cancel)
    }
  } finally {
    await disk.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function uncaughtError(thrown: unknown, what: string): WeirError {
  const { message, stack } = describeThrown(thrown)
  const error = new WeirError('USER_FUNCTION', `${what}: ${message}`, { cause: thrown })
  if (stack !== undefined) error.stack = stack
  return error
}

/** Keyed state goes to disk when memory is used up, unless the job says that it all stays in memory. */
function mayNeedDisk({ graph }: PreparedJob): boolean {
  return graph.stateBackend !== 'memory' && graph.edges.some(({ partitioner }) => partitioner === 'hash')
}

async function prepare(options: RunLocallyOptions): Promise<PreparedJob> {
  const file = resolve(options.file)
  let source: string
  try {
    source = await readFile(file, 'utf8')
  } catch (error) {
    throw new WeirError('FILE_ACCESS', `the job file ${options.file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const thread = new SubmissionThread()
  try {
    return await thread.prepareJob({
      source,
      fileName: basename(file),
      resolveFolder: dirname(file),
      ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }),
    })
  } finally {
    await thread.close()
  }
}
