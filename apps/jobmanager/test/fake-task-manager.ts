import {
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { WeirError } from '@weir/engine/base/errors'
import { type ExecutionGraph, executionGraph, subtasksInSlot } from '@weir/engine/graph/execution-graph'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { secretClientInterceptor, secretServerInterceptor } from '@weir/proto/credentials'
import {
  type Ack,
  type AssignSplitsRequest,
  type AttemptRef,
  type DeployRequest,
  type HeartbeatRequest,
  type HeartbeatResponse,
  JobManagerServiceClient,
  type RegisterResponse,
  type TaskEvent,
  type TaskManagerServiceServer,
  TaskManagerServiceService,
} from '@weir/proto/generated/weir/v1/cluster'
import { encodeError, fromServiceError } from '@weir/proto/rpc-errors'

interface Run {
  readonly ref: AttemptRef
  readonly graph: ExecutionGraph
  readonly slots: readonly number[]
  readonly finished: Set<string>
  started: boolean
}

export interface FakeTaskManagerOptions {
  readonly id: string
  readonly incarnation: string
  readonly slots: number
  readonly secret: string
  readonly jobManagerPort: number
  /** Ends its subtasks by itself as soon as no more splits come. Otherwise `finishAll` does. */
  readonly finishes?: boolean
  /** Attempts that it says it still runs when it registers. */
  readonly orphans?: readonly AttemptRef[]
}

/**
 * Speaks the protocol of a TaskManager over real gRPC and runs nothing: slots are entries in a map. Sources ask for splits
 * until there are none.
 */
export class FakeTaskManager {
  readonly deployments: DeployRequest[] = []
  readonly assignments: AssignSplitsRequest[] = []
  readonly commits: { operator: string; committables: unknown }[] = []
  readonly cancelled: AttemptRef[] = []
  readonly aborted: AttemptRef[] = []
  readonly runs = new Map<string, Run>()
  /** Answers of the next calls. */
  /** What it was told of alignment groups. */
  readonly aligned: { readonly group: string; readonly slowest: number }[] = []
  deployError: WeirError | null = null
  commitError: WeirError | null = null
  registered: RegisterResponse | null = null
  /** Why the stream of heartbeats ended. */
  refused: WeirError | null = null
  finishes: boolean
  readonly #options: FakeTaskManagerOptions
  readonly #client: JobManagerServiceClient
  readonly #server: Server
  #stream: ClientDuplexStream<HeartbeatRequest, HeartbeatResponse> | null = null
  #beats: NodeJS.Timeout | undefined
  #port = 0
  #orphans: AttemptRef[]

  constructor(options: FakeTaskManagerOptions) {
    this.#options = options
    this.finishes = options.finishes ?? true
    this.#orphans = [...(options.orphans ?? [])]
    this.#client = new JobManagerServiceClient(`127.0.0.1:${options.jobManagerPort}`, credentials.createInsecure(), {
      interceptors: [secretClientInterceptor(options.secret)],
    })
    this.#server = new Server({ interceptors: [secretServerInterceptor(options.secret)] })
    const service: TaskManagerServiceServer = {
      deploy: this.#answer(request => this.#deploy(request)),
      start: this.#answer(ref => this.#start(ref)),
      cancel: this.#answer(request => this.#cancel(request.attempt!)),
      assignSplits: this.#answer(request => this.#assign(request)),
      alignSources: this.#answer(request => {
        this.aligned.push({ group: request.group, slowest: request.slowest })
      }),
      commit: this.#answer(request => {
        if (this.commitError !== null) throw this.commitError
        for (const { operator, committables } of request.committables) {
          this.commits.push({ operator, committables: JSON.parse(committables.toString()) as unknown })
        }
      }),
      abortLeftovers: this.#answer(request => {
        this.aborted.push(request.attempt!)
      }),
    }
    this.#server.addService(TaskManagerServiceService, service)
  }

  /** Serves, registers and begins to beat. */
  async start(): Promise<void> {
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      )
    })
    await this.register()
    this.beat()
  }

  async register(): Promise<void> {
    const { id, incarnation, slots } = this.#options
    this.registered = await new Promise((resolve, reject) => {
      this.#client.register(
        {
          taskManagerId: id,
          incarnation,
          host: '127.0.0.1',
          rpcPort: this.#port,
          dataPort: 1,
          metricsPort: 2,
          slots,
          pid: process.pid,
          version: 'test',
          memoryBytes: 1e9,
          attempts: this.#held(),
        },
        (error, response) => (error === null ? resolve(response) : reject(fromServiceError(error, 'JobManager'))),
      )
    })
  }

  beat(intervalMs = 50): void {
    const stream = this.#client.heartbeat()
    this.#stream = stream
    stream.on('data', () => undefined)
    stream.on('error', error => {
      clearInterval(this.#beats)
      this.refused = fromServiceError(error as Parameters<typeof fromServiceError>[0], 'JobManager')
    })
    const send = (): void => {
      stream.write({
        taskManagerId: this.#options.id,
        incarnation: this.#options.incarnation,
        cpu: 0.5,
        memoryUsedBytes: 1000,
        eventLoopUtilization: 0.1,
        metrics: Buffer.from(JSON.stringify(this.metrics)),
        attempts: this.#held(),
      })
    }
    send()
    this.#beats = setInterval(send, intervalMs)
  }

  metrics: unknown[] = []

  /** Like SIGSTOP: says nothing any more, the connection stays. */
  freeze(): void {
    clearInterval(this.#beats)
  }

  thaw(): void {
    const stream = this.#stream
    stream?.write({
      taskManagerId: this.#options.id,
      incarnation: this.#options.incarnation,
      cpu: 0,
      memoryUsedBytes: 0,
      eventLoopUtilization: 0,
      metrics: Buffer.alloc(0),
      attempts: [],
    })
  }

  /** Like kill -9. */
  kill(): void {
    clearInterval(this.#beats)
    this.#stream?.on('error', () => undefined)
    this.#stream?.cancel()
    this.#client.close()
    this.#server.forceShutdown()
    this.runs.clear()
  }

  async report(events: TaskEvent[]): Promise<WeirError | null> {
    const { id: taskManagerId, incarnation } = this.#options
    return new Promise(resolve => {
      this.#client.reportTaskEvents({ taskManagerId, incarnation, events }, error =>
        resolve(error === null ? null : fromServiceError(error, 'JobManager')),
      )
    })
  }

  publish(jobId: string, attempt: number, rows: unknown[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = { jobId, attempt, operator: 'sink', subtask: 0, rows: Buffer.from(JSON.stringify(rows)) }
      this.#client.publishRows(request, error => (error === null ? resolve() : reject(error)))
    })
  }

  fail(run: Run, error: WeirError): Promise<WeirError | null> {
    return this.report([event(run, run.slots[0]!, { $case: 'failed', value: { error: encodeError(error) } })])
  }

  /** Every subtask that is left reports its end; sinks with one committable each. */
  async finishAll(): Promise<void> {
    for (const run of this.runs.values()) await this.#finish(run, () => true)
  }

  #held(): AttemptRef[] {
    return [...this.#orphans, ...[...this.runs.values()].map(run => run.ref)]
  }

  #answer<Request>(run: (request: Request) => void) {
    return (call: ServerUnaryCall<Request, Ack>, callback: sendUnaryData<Ack>): void => {
      try {
        run(call.request)
        callback(null, { error: Buffer.alloc(0) })
      } catch (thrown) {
        callback(null, { error: encodeError(thrown) })
      }
    }
  }

  #deploy(request: DeployRequest): void {
    this.deployments.push(request)
    if (this.deployError !== null) throw this.deployError
    const slots = request.slots.filter(slot => slot.taskManagerId === this.#options.id).map(({ slot }) => slot)
    const graph = executionGraph(JSON.parse(request.graph.toString()) as JobGraph)
    const run: Run = { ref: request.attempt!, graph, slots, finished: new Set(), started: false }
    this.runs.set(keyOf(run.ref), run)
    void this.report(slots.map(slot => event(run, slot, { $case: 'deployed', value: {} })))
  }

  #start(ref: AttemptRef): void {
    const run = this.runs.get(keyOf(ref))
    if (run === undefined) throw new WeirError('STALE_ATTEMPT', 'not here')
    run.started = true
    if (this.finishes) void this.#finish(run, vertex => vertex > 0)
  }

  #assign(request: AssignSplitsRequest): void {
    this.assignments.push(request)
    const run = this.runs.get(keyOf(request.attempt!))
    if (run === undefined) throw new WeirError('STALE_ATTEMPT', 'not here')
    const { operator, subtask, noMoreSplits } = request
    if (!noMoreSplits) {
      void this.report([event(run, subtask, { $case: 'splitRequested', value: { operator, subtask } })])
    } else if (this.finishes) {
      void this.#finish(run, (vertex, index) => vertex === 0 && index === subtask)
    }
  }

  async #finish(run: Run, which: (vertex: number, subtask: number) => boolean): Promise<void> {
    const events: TaskEvent[] = []
    for (const slot of run.slots) {
      for (const { vertex, subtask } of subtasksInSlot(run.graph, slot)) {
        const key = `${vertex}/${subtask}`
        if (run.finished.has(key) || !which(vertex, subtask)) continue
        run.finished.add(key)
        const list = vertex === 0 ? [] : [`${run.ref.attempt}/${subtask}`]
        const committables = [{ operator: 'sink', committables: Buffer.from(JSON.stringify(list)) }]
        events.push(event(run, slot, { $case: 'subtaskFinished', value: { vertex, subtask, committables } }))
      }
    }
    if (events.length > 0) await this.report(events)
  }

  #cancel(ref: AttemptRef): void {
    this.cancelled.push(ref)
    this.#orphans = this.#orphans.filter(orphan => keyOf(orphan) !== keyOf(ref))
    const run = this.runs.get(keyOf(ref))
    if (run === undefined) return
    this.runs.delete(keyOf(ref))
    void this.report(run.slots.map(slot => event(run, slot, { $case: 'released', value: {} })))
  }
}

function event(run: Run, slot: number, kind: TaskEvent['kind']): TaskEvent {
  return { jobId: run.ref.jobId, attempt: run.ref.attempt, slot, kind }
}

function keyOf(ref: AttemptRef): string {
  return `${ref.jobId}/${ref.attempt}`
}
