import type { TaskManagerRef } from '@weir/control/job/job-event'
import { WeirError } from '@weir/engine/base/errors'
import type {
  HeartbeatRequest,
  PublishRowsRequest,
  RegisterRequest,
  RegisterResponse,
  TaskEvents,
} from '@weir/proto/generated/weir/v1/cluster'
import type { TaskManagerCalls } from '../adapters/grpc-server.ts'
import type { ClusterMetrics, ControlPlane, JobSummary, SubmitRequest } from './control-plane.ts'
import type { Dispatcher } from './dispatcher.ts'

/**
 * What the servers of this process talk to: the Dispatcher once this JobManager leads, and before that the answer that
 * another one does. Servers are open from the start, so that whoever asks a standby learns where the leader is.
 */
export class LeaderSwitch implements ControlPlane, TaskManagerCalls {
  #dispatcher: Dispatcher | null = null
  /** host:port of the leader's gRPC, as far as a standby knows it. */
  #leaderAddress = ''
  readonly #following = Promise.withResolvers<void>()

  /** Resolves when it is known that another JobManager leads. */
  get followed(): Promise<void> {
    return this.#following.promise
  }

  lead(dispatcher: Dispatcher): void {
    this.#dispatcher = dispatcher
  }

  follow(leaderAddress: string | null): void {
    this.#leaderAddress = leaderAddress ?? ''
    this.#following.resolve()
  }

  get dispatcher(): Dispatcher | null {
    return this.#dispatcher
  }

  get epoch(): number {
    return this.#leader.epoch
  }

  // calls of TaskManagers

  register(request: RegisterRequest): RegisterResponse {
    if (this.#dispatcher !== null) return this.#dispatcher.calls.register(request)
    return {
      accepted: false,
      leaderAddress: this.#leaderAddress,
      leaderEpoch: 0,
      heartbeatIntervalMs: 0,
      heartbeatTimeoutMs: 0,
    }
  }

  heartbeat(request: HeartbeatRequest): TaskManagerRef {
    return this.#leader.calls.heartbeat(request)
  }

  disconnected(taskManager: TaskManagerRef, why: string): void {
    this.#dispatcher?.calls.disconnected(taskManager, why)
  }

  taskEvents(request: TaskEvents): void {
    this.#leader.calls.taskEvents(request)
  }

  publishRows(request: PublishRowsRequest): void {
    this.#leader.calls.publishRows(request)
  }

  // the API: async, so that a standby's refusal is a rejection, not an exception of the caller

  role(): 'leader' | 'standby' {
    return this.#dispatcher === null ? 'standby' : 'leader'
  }

  async submit(request: SubmitRequest): ReturnType<ControlPlane['submit']> {
    return this.#leader.submit(request)
  }

  async validate(request: SubmitRequest): ReturnType<ControlPlane['validate']> {
    return this.#leader.validate(request)
  }

  async listJobs(): Promise<readonly JobSummary[]> {
    return this.#leader.listJobs()
  }

  async jobStatus(jobId: string): ReturnType<ControlPlane['jobStatus']> {
    return this.#leader.jobStatus(jobId)
  }

  async jobMetrics(jobId: string): ReturnType<ControlPlane['jobMetrics']> {
    return this.#leader.jobMetrics(jobId)
  }

  async jobSource(jobId: string): ReturnType<ControlPlane['jobSource']> {
    return this.#leader.jobSource(jobId)
  }

  async jobExceptions(jobId: string): ReturnType<ControlPlane['jobExceptions']> {
    return this.#leader.jobExceptions(jobId)
  }

  async jobHistory(jobId: string): ReturnType<ControlPlane['jobHistory']> {
    return this.#leader.jobHistory(jobId)
  }

  async jobRows(jobId: string, operator?: string): ReturnType<ControlPlane['jobRows']> {
    return this.#leader.jobRows(jobId, operator)
  }

  async cancel(jobId: string): ReturnType<ControlPlane['cancel']> {
    return this.#leader.cancel(jobId)
  }

  async deleteJob(jobId: string): Promise<void> {
    return this.#leader.deleteJob(jobId)
  }

  async taskManagers(): ReturnType<ControlPlane['taskManagers']> {
    return this.#leader.taskManagers()
  }

  async clusterMetrics(): Promise<ClusterMetrics> {
    return this.#leader.clusterMetrics()
  }

  get #leader(): Dispatcher {
    if (this.#dispatcher !== null) return this.#dispatcher
    const where = this.#leaderAddress === '' ? '' : `; its gRPC address is ${this.#leaderAddress}`
    throw new WeirError('NOT_LEADER', `this JobManager is a standby: ask the one that leads${where}`)
  }
}
