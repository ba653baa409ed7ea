import { type CallOptions, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import type { WeirError } from '@weir/engine/base/errors'
import { CHANNEL_OPTIONS } from '@weir/proto/channel-options'
import { secretClientInterceptor } from '@weir/proto/credentials'
import { TaskManagerServiceClient } from '@weir/proto/generated/weir/v1/cluster'
import { decodeError, fromServiceError } from '@weir/proto/rpc-errors'
import type { GatewayFactory, TaskManagerGateway } from '../dispatcher/ports.ts'

/** How long each call may take before nobody waits for it any more, ms. */
const DEADLINES = { deploy: 20_000, command: 5_000, commit: 60_000, abort: 10_000 } as const

type Answer<Response> = (error: ServiceError | null, response: Response) => void

/** Gateways that speak gRPC, with the cluster secret in every call. */
export function gatewayFactory(secret: string): GatewayFactory {
  return (address, taskManagerId) => {
    const client = new TaskManagerServiceClient(address, credentials.createInsecure(), {
      ...CHANNEL_OPTIONS,
      interceptors: [secretClientInterceptor(secret)],
    })
    return new GrpcGateway(client, `TaskManager ${taskManagerId} at ${address}`)
  }
}

class GrpcGateway implements TaskManagerGateway {
  readonly #client: TaskManagerServiceClient
  readonly #name: string

  constructor(client: TaskManagerServiceClient, name: string) {
    this.#client = client
    this.#name = name
  }

  deploy(request: Parameters<TaskManagerGateway['deploy']>[0]): Promise<WeirError | null> {
    return this.#call(DEADLINES.deploy, (metadata, options, answer: Answer<{ error: Buffer }>) =>
      this.#client.deploy(request, metadata, options, answer),
    )
  }

  start(attempt: Parameters<TaskManagerGateway['start']>[0]): Promise<void> {
    return this.#command(DEADLINES.command, (metadata, options, answer) =>
      this.#client.start(attempt, metadata, options, answer),
    )
  }

  cancel(request: Parameters<TaskManagerGateway['cancel']>[0]): Promise<void> {
    return this.#command(DEADLINES.command, (metadata, options, answer) =>
      this.#client.cancel(request, metadata, options, answer),
    )
  }

  assignSplits(request: Parameters<TaskManagerGateway['assignSplits']>[0]): Promise<void> {
    return this.#command(DEADLINES.command, (metadata, options, answer) =>
      this.#client.assignSplits(request, metadata, options, answer),
    )
  }

  alignSources(request: Parameters<TaskManagerGateway['alignSources']>[0]): Promise<void> {
    return this.#command(DEADLINES.command, (metadata, options, answer) =>
      this.#client.alignSources(request, metadata, options, answer),
    )
  }

  commit(request: Parameters<TaskManagerGateway['commit']>[0]): Promise<void> {
    return this.#command(DEADLINES.commit, (metadata, options, answer) =>
      this.#client.commit(request, metadata, options, answer),
    )
  }

  abortLeftovers(request: Parameters<TaskManagerGateway['abortLeftovers']>[0]): Promise<void> {
    return this.#command(DEADLINES.abort, (metadata, options, answer) =>
      this.#client.abortLeftovers(request, metadata, options, answer),
    )
  }

  close(): void {
    this.#client.close()
  }

  /** An error in the answer is thrown. */
  async #command(
    deadlineMs: number,
    send: (metadata: Metadata, options: CallOptions, answer: Answer<{ error: Buffer }>) => void,
  ): Promise<void> {
    const refusal = await this.#call(deadlineMs, send)
    if (refusal !== null) throw refusal
  }

  #call(
    deadlineMs: number,
    send: (metadata: Metadata, options: CallOptions, answer: Answer<{ error: Buffer }>) => void,
  ): Promise<WeirError | null> {
    return new Promise((resolve, reject) => {
      send(new Metadata(), { deadline: Date.now() + deadlineMs }, (error, response) => {
        if (error !== null) reject(fromServiceError(error, this.#name))
        else resolve(decodeError(response.error))
      })
    })
  }
}
