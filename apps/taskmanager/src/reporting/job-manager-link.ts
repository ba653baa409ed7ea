import { type ClientDuplexStream, credentials, status as grpcStatus, Metadata, type ServiceError } from '@grpc/grpc-js'
import { newIncarnation } from '@weir/engine/base/ids'
import type { Logger } from '@weir/process/logging'
import { cryptoRandom } from '@weir/process/platform-node'
import { CHANNEL_OPTIONS } from '@weir/proto/channel-options'
import { secretClientInterceptor } from '@weir/proto/credentials'
import {
  type AttemptRef,
  type HeartbeatRequest,
  type HeartbeatResponse,
  JobManagerServiceClient,
  type PublishRowsRequest,
  type RegisterRequest,
  type RegisterResponse,
  type TaskEvent,
} from '@weir/proto/generated/weir/v1/cluster'
import type { SlotMetrics } from '@weir/proto/metrics'
import { TaskEventQueue } from './task-event-queue.ts'

export interface JobManagerLinkParts {
  /** host:port of every JobManager; one of them leads. */
  readonly addresses: readonly string[]
  readonly secret: string
  readonly registration: Omit<RegisterRequest, 'incarnation' | 'attempts'>
  readonly logger: Logger
  readonly beat: () => { cpu: number; memoryUsedBytes: number; eventLoopUtilization: number }
  readonly metrics: () => readonly SlotMetrics[]
  readonly attempts: () => AttemptRef[]
  /** Everything that runs here has to end: the JobManager has given this TaskManager up, or is gone itself. */
  readonly onDrop: (reason: string) => void
  readonly onRegistered: (response: RegisterResponse) => void
}

const RETRY_MS_MIN = 200
const RETRY_MS_MAX = 3000
const METRICS_INTERVAL_MS = 1000
const CALL_TIMEOUT_MS = 5000

/**
 * The TaskManager's side of its relation to the leading JobManager: registers, beats, and reports events in order, each
 * until it is taken. A connection that breaks is made again; a JobManager that has given this incarnation up makes it
 * start over under a new one.
 */
export class JobManagerLink {
  readonly #parts: JobManagerLinkParts
  readonly #metadata = new Metadata()
  #incarnation = newIncarnation(cryptoRandom)
  #client: JobManagerServiceClient | undefined
  #stream: ClientDuplexStream<HeartbeatRequest, HeartbeatResponse> | undefined
  #address = 0
  readonly #events = new TaskEventQueue()
  #sending = false
  #closed = false
  #beatTimer: NodeJS.Timeout | undefined
  #retryMs = RETRY_MS_MIN
  #silentTimer: NodeJS.Timeout | undefined
  #heartbeatTimeoutMs = 15_000
  #hasRegistered = false

  constructor(parts: JobManagerLinkParts) {
    this.#parts = parts
  }

  get incarnation(): string {
    return this.#incarnation
  }

  start(): void {
    this.#register()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#beatTimer)
    clearTimeout(this.#silentTimer)
    this.#stream?.cancel()
    this.#client?.close()
  }

  /** Queued in order; an event of an attempt is sent before any later one. */
  report(event: TaskEvent): void {
    this.#events.push(event)
    this.#sendEvents()
  }

  /** For people's eyes only: lost rows are not repeated. */
  publishRows(request: PublishRowsRequest): void {
    this.#client?.publishRows(request, this.#metadata, { deadline: Date.now() + CALL_TIMEOUT_MS }, error => {
      if (error !== null) this.#parts.logger.debug({ job: request.jobId }, `rows were not published: ${error.message}`)
    })
  }

  #register(): void {
    if (this.#closed) return
    const address = this.#parts.addresses[this.#address % this.#parts.addresses.length]
    this.#client?.close()
    const client = new JobManagerServiceClient(address, credentials.createInsecure(), {
      ...CHANNEL_OPTIONS,
      'grpc.initial_reconnect_backoff_ms': RETRY_MS_MIN,
      'grpc.max_reconnect_backoff_ms': RETRY_MS_MAX,
      interceptors: [secretClientInterceptor(this.#parts.secret)],
    })
    this.#client = client
    const request: RegisterRequest = {
      ...this.#parts.registration,
      incarnation: this.#incarnation,
      attempts: this.#parts.attempts(),
    }
    client.register(request, this.#metadata, { deadline: Date.now() + CALL_TIMEOUT_MS }, (error, response) => {
      if (this.#closed) return
      if (error !== null) {
        if (isStale(error)) return this.#startOver(error.details)
        this.#parts.logger.warn(
          { address },
          `the JobManager does not take this TaskManager in: ${error.details || error.message}`,
        )
        return this.#retry()
      }
      if (!response.accepted) {
        this.#address++
        this.#parts.logger.info({ address, leader: response.leaderAddress }, 'this JobManager does not lead')
        return this.#retry()
      }
      this.#onRegistered(client, response)
    })
  }

  #onRegistered(client: JobManagerServiceClient, response: RegisterResponse): void {
    this.#retryMs = RETRY_MS_MIN
    this.#hasRegistered = true
    this.#heartbeatTimeoutMs = response.heartbeatTimeoutMs
    clearTimeout(this.#silentTimer)
    this.#silentTimer = undefined
    const stream = client.heartbeat(this.#metadata)
    this.#stream = stream
    stream.on('data', () => undefined)
    stream.on('error', (error: ServiceError) => this.#onStreamEnd(stream, error))
    stream.on('end', () => this.#onStreamEnd(stream, undefined))
    clearInterval(this.#beatTimer)
    let sinceMetrics = Number.POSITIVE_INFINITY
    const intervalMs = Math.min(METRICS_INTERVAL_MS, response.heartbeatIntervalMs)
    const beat = (): void => {
      sinceMetrics += intervalMs
      const withMetrics = sinceMetrics >= METRICS_INTERVAL_MS
      if (withMetrics) sinceMetrics = 0
      stream.write({
        taskManagerId: this.#parts.registration.taskManagerId,
        incarnation: this.#incarnation,
        ...this.#parts.beat(),
        metrics: withMetrics ? Buffer.from(JSON.stringify(this.#parts.metrics())) : Buffer.alloc(0),
        attempts: this.#parts.attempts(),
      })
    }
    beat()
    this.#beatTimer = setInterval(beat, intervalMs)
    this.#parts.onRegistered(response)
    this.#sendEvents()
  }

  #onStreamEnd(stream: ClientDuplexStream<HeartbeatRequest, HeartbeatResponse>, error: ServiceError | undefined): void {
    if (this.#closed || this.#stream !== stream) return
    this.#stream = undefined
    clearInterval(this.#beatTimer)
    if (error !== undefined && isStale(error)) {
      this.#startOver(error.details)
      return
    }
    this.#parts.logger.warn(`the connection to the JobManager is gone: ${error?.details ?? 'it was closed'}`)
    this.#retry()
  }

  #retry(): void {
    // A JobManager that stays away has long given up what runs here, or a new one starts it elsewhere.
    if (this.#hasRegistered && this.#silentTimer === undefined) {
      this.#silentTimer = setTimeout(
        () => this.#parts.onDrop('no JobManager answers within the heartbeat timeout'),
        this.#heartbeatTimeoutMs,
      )
    }
    const delay = this.#retryMs
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX)
    setTimeout(() => this.#register(), delay)
  }

  /** This incarnation counts as lost: what it runs is being started elsewhere, and nobody listens to it any more. */
  #startOver(reason: string): void {
    this.#parts.logger.warn({ incarnation: this.#incarnation }, `given up by the JobManager: ${reason}`)
    this.#parts.onDrop(reason)
    this.#events.clear()
    this.#stream?.cancel()
    this.#stream = undefined
    clearInterval(this.#beatTimer)
    this.#incarnation = newIncarnation(cryptoRandom)
    this.#retry()
  }

  #sendEvents(): void {
    const client = this.#client
    if (this.#sending || this.#events.isEmpty || this.#stream === undefined || client === undefined) return
    this.#sending = true
    const events = [...this.#events.next()]
    const incarnation = this.#incarnation
    client.reportTaskEvents(
      { taskManagerId: this.#parts.registration.taskManagerId, incarnation, events },
      this.#metadata,
      { deadline: Date.now() + CALL_TIMEOUT_MS },
      error => {
        this.#sending = false
        if (this.#closed) return
        if (error === null) {
          // After starting over the queue holds other events.
          if (incarnation === this.#incarnation) this.#events.taken(events.length)
          return this.#sendEvents()
        }
        if (isStale(error)) {
          if (incarnation === this.#incarnation && this.#stream !== undefined) this.#startOver(error.details)
          return
        }
        // By gRPC itself, at either end: nothing of ours uses this status.
        const isRefused = error.code === grpcStatus.RESOURCE_EXHAUSTED && incarnation === this.#incarnation
        if (isRefused && this.#events.tooLarge(events.length)) return this.#sendEvents()
        this.#parts.logger.warn(`events were not taken, and are sent again: ${error.details || error.message}`)
        setTimeout(() => this.#sendEvents(), RETRY_MS_MIN)
      },
    )
  }
}

/** The JobManager refuses messages of an incarnation or attempt that it has given up. */
function isStale(error: ServiceError): boolean {
  return error.code === grpcStatus.FAILED_PRECONDITION
}
