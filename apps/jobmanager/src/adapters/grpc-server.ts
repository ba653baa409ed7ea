import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import type { TaskManagerRef } from '@weir/control/job/job-event'
import { isPortFree, portInUse } from '@weir/process/ports'
import { CHANNEL_OPTIONS } from '@weir/proto/channel-options'
import { secretServerInterceptor } from '@weir/proto/credentials'
import {
  type HeartbeatRequest,
  type HeartbeatResponse,
  type JobManagerServiceServer,
  JobManagerServiceService,
  type PublishRowsRequest,
  type RegisterRequest,
  type RegisterResponse,
  type TaskEvents,
} from '@weir/proto/generated/weir/v1/cluster'
import { toServiceError } from '@weir/proto/rpc-errors'
import { addressOf } from '../dispatcher/task-manager-directory.ts'

/** What the JobManager does with the calls of TaskManagers. Each throws a WeirError to refuse. */
export interface TaskManagerCalls {
  register(request: RegisterRequest): RegisterResponse
  /** Gives back who it was. */
  heartbeat(request: HeartbeatRequest): TaskManagerRef
  /** The stream of heartbeats of a TaskManager has ended, and there is no newer one. */
  disconnected(taskManager: TaskManagerRef, why: string): void
  taskEvents(request: TaskEvents): void
  publishRows(request: PublishRowsRequest): void
  /** The leader's epoch, for the answers to heartbeats. */
  readonly epoch: number
}

export interface RpcServer {
  readonly port: number
  close(): void
}

export interface RpcServerOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly secret: string
  readonly calls: TaskManagerCalls
}

/** Serves JobManagerService. Throws PORT_IN_USE. */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { host, port, secret, calls } = options
  const server = new Server({ ...CHANNEL_OPTIONS, interceptors: [secretServerInterceptor(secret)] })
  const streams = new HeartbeatStreams(calls)
  const implementation: JobManagerServiceServer = {
    register: unary(request => calls.register(request)),
    heartbeat: call => streams.open(call),
    reportTaskEvents: unary(request => {
      calls.taskEvents(request)
      return {}
    }),
    publishRows: unary(request => {
      calls.publishRows(request)
      return {}
    }),
  }
  server.addService(JobManagerServiceService, implementation)
  const use = { port, variable: 'JOBMANAGER_RPC_PORT', purpose: 'the gRPC interface of the JobManager' }
  // Asked first, since gRPC writes to stderr about a port that is taken.
  if (port !== 0 && !(await isPortFree(port, host))) throw await portInUse(use, host)
  const bound = await new Promise<number | Error>(resolve => {
    server.bindAsync(addressOf(host, port), ServerCredentials.createInsecure(), (error, boundPort) =>
      resolve(error ?? boundPort),
    )
  })
  if (bound instanceof Error) {
    if (!bound.message.includes('EADDRINUSE')) throw bound
    throw await portInUse(use, host)
  }
  return { port: bound, close: () => server.forceShutdown() }
}

function unary<Request, Response>(answer: (request: Request) => Response): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    let response: Response
    try {
      response = answer(call.request)
    } catch (thrown) {
      callback(toServiceError(thrown))
      return
    }
    callback(null, response)
  }
}

type HeartbeatCall = ServerDuplexStream<HeartbeatRequest, HeartbeatResponse>

/** One stream per TaskManager counts, the newest: the end of an older one tells nothing. */
class HeartbeatStreams {
  readonly #calls: TaskManagerCalls
  readonly #current = new Map<string, HeartbeatCall>()

  constructor(calls: TaskManagerCalls) {
    this.#calls = calls
  }

  open(call: HeartbeatCall): void {
    let sender: TaskManagerRef | null = null
    let ended = false
    const end = (why: string): void => {
      if (ended) return
      ended = true
      if (sender === null || this.#current.get(keyOf(sender)) !== call) return
      this.#current.delete(keyOf(sender))
      this.#calls.disconnected(sender, why)
    }
    call.on('data', (request: HeartbeatRequest) => {
      if (ended) return
      try {
        const from = this.#calls.heartbeat(request)
        if (sender === null) {
          sender = from
          this.#current.set(keyOf(from), call)
        }
        call.write({ leaderEpoch: this.#calls.epoch })
      } catch (thrown) {
        ended = true
        if (sender !== null) this.#current.delete(keyOf(sender))
        call.emit('error', statusError(thrown))
      }
    })
    // A killed process, a cut connection: its sockets close without a word.
    call.on('cancelled', () => end('its connection closed'))
    call.on('error', () => end('its connection broke'))
    call.on('end', () => {
      end('its connection closed')
      call.end()
    })
  }
}

function statusError(thrown: unknown): Partial<ServiceError> {
  return { name: 'Refused', code: status.INTERNAL, ...toServiceError(thrown) }
}

function keyOf(taskManager: TaskManagerRef): string {
  return `${taskManager.id}/${taskManager.incarnation}`
}
