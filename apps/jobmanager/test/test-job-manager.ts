import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { graphHash } from '@weir/engine/graph/graph-hash'
import { type JobGraph, jobGraphSchema } from '@weir/engine/graph/job-graph'
import { nodePlatform } from '@weir/process/platform-node'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { pino } from 'pino'
import { type RpcServer, startRpcServer } from '../src/adapters/grpc-server.ts'
import { gatewayFactory } from '../src/adapters/task-manager-client.ts'
import type { SubmitRequest } from '../src/dispatcher/control-plane.ts'
import { Dispatcher } from '../src/dispatcher/dispatcher.ts'
import type { JobPreparer, SourceCatalog } from '../src/dispatcher/ports.ts'
import { ChangeFeed } from '../src/live/change-feed.ts'
import { type OpenMetaStore, openMetaStore } from '../src/store/open-meta-store.ts'
import { FakeTaskManager, type FakeTaskManagerOptions } from './fake-task-manager.ts'

export const SECRET = 'the secret of the test cluster'
export const HEARTBEAT_TIMEOUT_MS = 600

/** Takes the file as the graph in JSON, without bundling or sandbox. */
const preparer: JobPreparer = {
  prepareJob: async ({ source, fileName, parallelism }): Promise<PreparedJob> => {
    const parsed = jobGraphSchema.parse(JSON.parse(source))
    const graph = parallelism === undefined ? parsed : { ...parsed, parallelism }
    const bundle = 'export default null'
    return {
      graph,
      graphHash: graphHash(graph),
      places: new Map([['map', { file: fileName, line: 7, column: 2 }]]),
      bundle,
      sourceMap: '{}',
      kind: 'json',
      fileName,
      source,
      console: [],
      warnings: [],
    }
  },
}

const sources: SourceCatalog = {
  discoverSplits: async () => ['a', 'b', 'c'].map(id => ({ id, state: null })),
}

/** One source, one map with the sink, `parallelism` slots. */
export function graphJson(parallelism: number, extra: Partial<JobGraph> = {}): Uint8Array {
  const graph = {
    name: 'test job',
    parallelism,
    nodes: [
      { uid: 'source', type: 'source', name: 'source' },
      { uid: 'map', type: 'map', name: 'map' },
      { uid: 'sink', type: 'sink', name: 'sink' },
    ],
    edges: [
      { from: 'source', to: 'map', partitioner: 'rebalance' },
      { from: 'map', to: 'sink' },
    ],
    ...extra,
  }
  return Buffer.from(JSON.stringify(graph))
}

export function submission(parallelism: number, waitMs = 3000, extra: Partial<JobGraph> = {}): SubmitRequest {
  return { fileName: 'job.json', content: graphJson(parallelism, extra), user: 'ada', waitMs }
}

/** A database for the tests of one file: to open one takes seconds. */
export class TestDatabase {
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-dispatcher-'))
  store!: OpenMetaStore

  async open(): Promise<void> {
    this.store = await openMetaStore({
      dataFolder: join(this.folder, 'database'),
      migrationsFolder: join(import.meta.dirname, '../../../prisma/migrations'),
    })
  }

  /** As new, but for the leader's epoch. */
  async clear(): Promise<void> {
    const { jobs, cluster } = this.store
    const epoch = await lead(this.store)
    for (const { id } of (await jobs.listJobs({})).rows) {
      await jobs.updateJob(epoch, id, { status: 'CANCELED' })
      await jobs.deleteJob(epoch, id)
    }
    for (const { id, incarnation } of await cluster.listTaskManagers()) {
      await cluster.markTaskManagerLost(epoch, id, incarnation, 0)
    }
    await cluster.forgetTaskManagers(epoch, Number.MAX_SAFE_INTEGER / 10)
  }

  async remove(): Promise<void> {
    await this.store.close()
    rmSync(this.folder, { recursive: true })
  }
}

async function lead(store: OpenMetaStore): Promise<number> {
  const lease = await store.leases.acquireLease({ holder: 'test', address: null, ttlMs: 10_000 })
  if (!lease.acquired) throw new WeirError('ASSERTION', 'the lease is taken')
  return lease.epoch
}

/** A JobManager without HTTP: dispatcher and gRPC. It can be killed and started again over the same data. */
export class TestJobManager {
  readonly fenced: WeirError[] = []
  readonly changes = new ChangeFeed()
  dispatcher!: Dispatcher
  rpc!: RpcServer
  readonly store: OpenMetaStore
  readonly #taskManagers: FakeTaskManager[] = []
  #incarnations = 0

  readonly #heartbeatTimeoutMs: number

  constructor(database: TestDatabase, heartbeatTimeoutMs = HEARTBEAT_TIMEOUT_MS) {
    this.store = database.store
    this.#heartbeatTimeoutMs = heartbeatTimeoutMs
  }

  async start(port = 0): Promise<void> {
    const epoch = await lead(this.store)
    this.dispatcher = new Dispatcher({
      store: this.store,
      epoch,
      settings: {
        heartbeatIntervalMs: 100,
        heartbeatTimeoutMs: this.#heartbeatTimeoutMs,
        slotPlacement: 'spread',
        workdir: tmpdir(),
      },
      platform: nodePlatform,
      logger: pino({ enabled: false }),
      preparer,
      sources,
      checks: {
        check: async ({ name }) => {
          if (name !== 'without input') return
          throw new WeirError('FILE_ACCESS', 'no such file', { place: { operator: 'map' } })
        },
      },
      gatewayFor: gatewayFactory(SECRET),
      onFenced: error => this.fenced.push(error),
      onChange: jobId => this.changes.emit({ jobId }),
    })
    await this.dispatcher.start()
    this.rpc = await startRpcServer({ host: '127.0.0.1', port, secret: SECRET, calls: this.dispatcher.calls })
  }

  async addTaskManager(options: Partial<FakeTaskManagerOptions> = {}): Promise<FakeTaskManager> {
    const taskManager = new FakeTaskManager({
      id: `tm-${this.#taskManagers.length + 1}`,
      incarnation: `i${++this.#incarnations}`,
      slots: 4,
      secret: SECRET,
      jobManagerPort: this.rpc.port,
      ...options,
    })
    this.#taskManagers.push(taskManager)
    await taskManager.start()
    return taskManager
  }

  /** Without a word to anybody; nothing more is written. */
  async crash(): Promise<void> {
    this.rpc.close()
    await this.dispatcher.stop(0)
  }

  /** As by Ctrl-C. */
  async stopInOrder(): Promise<void> {
    await this.dispatcher.stop(1000, true)
    this.rpc.close()
  }

  async remove(): Promise<void> {
    for (const taskManager of this.#taskManagers) taskManager.kill()
    this.rpc.close()
    await this.dispatcher.stop(1000)
  }
}

/** Polls until `check` gives something that is not null, undefined or false. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  withinMs = 5000,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await check()
    if (value !== null && value !== undefined && value !== false) return value as Exclude<T, null | undefined | false>
    if (performance.now() > deadline) throw new WeirError('ASSERTION', `it did not come true within ${withinMs} ms`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
