import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import { CHANNEL_OPTIONS } from '@weir/proto/channel-options'
import { secretServerInterceptor } from '@weir/proto/credentials'
import {
  type Ack,
  type TaskManagerServiceServer,
  TaskManagerServiceService,
} from '@weir/proto/generated/weir/v1/cluster'
import { encodeError } from '@weir/proto/rpc-errors'
import type { TaskExecutor } from '../slots/task-executor.ts'

export interface TaskManagerServer {
  readonly port: number
  close(): void
}

/** Serves TaskManagerService. Rejects with the system's error when the port is taken. */
export async function serveTaskManager(
  host: string,
  port: number,
  secret: string,
  executor: TaskExecutor,
): Promise<TaskManagerServer> {
  const server = new Server({ ...CHANNEL_OPTIONS, interceptors: [secretServerInterceptor(secret)] })

  /** Runs the call, and answers a refusal as JSON in `error`. */
  const call =
    <Request>(run: (request: Request) => void | Promise<void>) =>
    (request: ServerUnaryCall<Request, Ack>, answer: sendUnaryData<Ack>): void => {
      Promise.resolve()
        .then(() => run(request.request))
        .then(
          () => answer(null, { error: Buffer.alloc(0) }),
          error => answer(null, { error: encodeError(error) }),
        )
    }

  const service: TaskManagerServiceServer = {
    deploy: call(request => executor.deploy(request)),
    start: call(ref => executor.start(ref)),
    cancel: call(request => executor.cancel(request.attempt, request.graceMs)),
    assignSplits: call(request => executor.assignSplits(request)),
    alignSources: call(request => executor.alignSources(request)),
    commit: call(request => executor.commit(request)),
    abortLeftovers: call(request => executor.abortLeftovers(request)),
  }
  server.addService(TaskManagerServiceService, service)
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error !== null) reject(error)
      else resolve(boundPort)
    })
  })
  return { port: bound, close: () => server.forceShutdown() }
}
