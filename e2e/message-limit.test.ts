import { credentials, status as grpcStatus, Metadata, type ServiceError } from '@grpc/grpc-js'
import type { Logger } from '@weir/process/logging'
import { CHANNEL_OPTIONS, MESSAGE_BYTES_MAX } from '@weir/proto/channel-options'
import { secretClientInterceptor } from '@weir/proto/credentials'
import { type DeployRequest, type TaskEvent, TaskManagerServiceClient } from '@weir/proto/generated/weir/v1/cluster'
import { decodeError } from '@weir/proto/rpc-errors'
import { MAX_DEPLOYMENT_BYTES, MAX_SOURCE_LENGTH } from '@weir/submission/limits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RpcServer, startRpcServer, type TaskManagerCalls } from '../apps/jobmanager/src/adapters/grpc-server.ts'
import { gatewayFactory } from '../apps/jobmanager/src/adapters/task-manager-client.ts'
import { serveTaskManager, type TaskManagerServer } from '../apps/taskmanager/src/adapters/grpc-server.ts'
import { JobManagerLink } from '../apps/taskmanager/src/reporting/job-manager-link.ts'
import type { TaskExecutor } from '../apps/taskmanager/src/slots/task-executor.ts'
import { TestCluster, until } from './support/cluster.ts'

const MEBIBYTE = 1024 * 1024

describe('a message between JobManager and TaskManager', () => {
  const arrived: number[] = []
  const executor: Pick<TaskExecutor, 'deploy' | 'cancel'> = {
    deploy: ({ bundle }) => void arrived.push(bundle.length),
    cancel: () => void arrived.push(0),
  }
  let server: TaskManagerServer
  beforeAll(async () => {
    server = await serveTaskManager('127.0.0.1', 0, 'secret', executor as TaskExecutor)
  })
  afterAll(() => server.close())

  const attempt = { jobId: 'job_00000000', attempt: 1, leaderEpoch: 1 }
  const deployment = (bundleBytes: number): DeployRequest => ({
    ...{ attempt, jobName: 'large', graphHash: '', slots: [], dataToken: '', workdir: '' },
    ...{ graph: Buffer.alloc(0), bundle: Buffer.alloc(bundleBytes, 'x'), sourceMap: Buffer.alloc(0) },
  })

  it('has room for the largest job that is taken, with all that is sent beside it', () => {
    expect(MAX_DEPLOYMENT_BYTES).toBeLessThanOrEqual(MESSAGE_BYTES_MAX - 16 * MEBIBYTE)
  })

  it('arrives whole where it is just below the limit', async () => {
    const gateway = gatewayFactory('secret')(`127.0.0.1:${server.port}`, 'tm-1')
    arrived.length = 0
    expect(await gateway.deploy(deployment(MESSAGE_BYTES_MAX - 1024))).toBeNull()
    expect(arrived).toEqual([MESSAGE_BYTES_MAX - 1024])
    gateway.close()
  })

  it('is refused by its sender above it, by name, and what comes after it arrives', async () => {
    const gateway = gatewayFactory('secret')(`127.0.0.1:${server.port}`, 'tm-1')
    arrived.length = 0
    const sent = gateway.deploy(deployment(MESSAGE_BYTES_MAX + 1))
    await expect(sent).rejects.toMatchObject({
      code: 'JOB_TOO_LARGE',
      message: expect.stringMatching(/^a message to TaskManager tm-1 at \S+ is larger than the limit of 128 MiB/),
    })
    expect(await gateway.cancel({ attempt, graceMs: 1 })).toBeUndefined()
    expect(arrived).toEqual([0])
    gateway.close()
  })

  it('is refused by its receiver, too, who goes on', async () => {
    const client = new TaskManagerServiceClient(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
      ...CHANNEL_OPTIONS,
      'grpc.max_send_message_length': -1,
      interceptors: [secretClientInterceptor('secret')],
    })
    arrived.length = 0
    const error = await new Promise<ServiceError | null>(resolve =>
      client.deploy(deployment(MESSAGE_BYTES_MAX + 1), new Metadata(), { deadline: Date.now() + 20_000 }, resolve),
    )
    expect(error).toMatchObject({ code: grpcStatus.RESOURCE_EXHAUSTED })
    expect(error?.details).toContain(String(MESSAGE_BYTES_MAX))
    client.close()
    const gateway = gatewayFactory('secret')(`127.0.0.1:${server.port}`, 'tm-1')
    expect(await gateway.deploy(deployment(1))).toBeNull()
    expect(arrived).toEqual([1])
    gateway.close()
  })
})

describe('a report of a TaskManager', () => {
  const arrived: TaskEvent[] = []
  const warnings: string[] = []
  const calls: TaskManagerCalls = {
    register: () => ({
      accepted: true,
      leaderAddress: '',
      leaderEpoch: 1,
      heartbeatIntervalMs: 1_000,
      heartbeatTimeoutMs: 15_000,
    }),
    heartbeat: ({ taskManagerId, incarnation }) => ({ id: taskManagerId, incarnation }),
    disconnected: () => undefined,
    taskEvents: ({ events }) => void arrived.push(...events),
    publishRows: () => undefined,
    epoch: 1,
  }
  const refs = {
    host: '127.0.0.1',
    rpcPort: 1,
    dataPort: 1,
    metricsPort: 1,
    slots: 2,
    pid: 1,
    version: '',
    memoryBytes: 1,
  }
  let server: RpcServer
  let link: JobManagerLink
  beforeAll(async () => {
    server = await startRpcServer({ host: '127.0.0.1', port: 0, secret: 'secret', calls })
    link = new JobManagerLink({
      addresses: [`127.0.0.1:${server.port}`],
      secret: 'secret',
      registration: { taskManagerId: 'tm-1', ...refs },
      logger: { info: () => undefined, warn: (words: string) => void warnings.push(words) } as unknown as Logger,
      beat: () => ({ cpu: 0, memoryUsedBytes: 0, eventLoopUtilization: 0 }),
      metrics: () => [],
      attempts: () => [],
      onDrop: () => undefined,
      onRegistered: () => undefined,
    })
  })
  afterAll(() => {
    link.close()
    server.close()
  })

  it('that is above the limit fails its slot by name, once, and what comes after it arrives', async () => {
    const event = { jobId: 'job_00000000', attempt: 1 }
    const released = (slot: number): TaskEvent => ({ ...event, slot, kind: { $case: 'released', value: {} } })
    const committables = [{ operator: 'files', committables: Buffer.alloc(MESSAGE_BYTES_MAX) }]
    link.report(released(0))
    link.report({
      ...event,
      slot: 1,
      kind: { $case: 'subtaskFinished', value: { vertex: 0, subtask: 1, committables } },
    })
    link.report(released(2))
    link.start()
    await until(20_000, 'all reports', () => arrived.length >= 3)
    expect(arrived.map(({ slot, kind }) => [slot, kind?.$case])).toEqual([
      [0, 'released'],
      [1, 'failed'],
      [2, 'released'],
    ])
    const { value } = arrived[1]!.kind as Extract<TaskEvent['kind'], { $case: 'failed' }>
    expect(warnings).toEqual([])
    expect(decodeError(value.error)).toMatchObject({
      code: 'JOB_TOO_LARGE',
      message: expect.stringMatching(/^what subtask 1 of vertex 0 has made ready to commit \('files'\) takes 129 MiB/),
    })
  })
})

describe('a job of the largest size', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start({ taskManagers: 2, env: { TASK_SLOTS: '1', SLOT_PLACEMENT: 'spread' } })
  })
  afterAll(() => cluster?.stop())

  /** As many bytes in all, most of them in a table that stands in bundle and source map; the graph holds wide text. */
  const source = (bytes: number): string => {
    const job = (table: string) => `import { blackholeSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('large')
const table = '${table}'
env.addSource(datagenSource({ count: 8, fields: { text: { oneOf: ['\\u4e2d'.repeat(200_000)] } } }))
  .map(({ text }) => table.length + text.length)
  .rebalance()
  .filter(length => length < ${200_000 + bytes - 1_000})
  .addSink(blackholeSink())
export default env
`
    return job('x'.repeat(bytes - job('').length))
  }

  it('runs to its end on two TaskManagers', async () => {
    const before = cluster.pids()
    const { status, body } = await cluster.submit('large.ts', source(MAX_SOURCE_LENGTH), { parallelism: '2' })
    expect({ status, body }).toMatchObject({ status: 201 })
    const ended = await cluster.reached(body.job_id, ['FINISHED', 'FAILED', 'CANCELED'], 100_000)
    expect(ended).toMatchObject({ status: 'FINISHED', error: null })
    expect(cluster.pids()).toEqual(before)
  })

  it('is refused with one byte more, and nobody dies of it', async () => {
    const before = cluster.pids()
    const { status, body } = await cluster.submit('large.ts', source(MAX_SOURCE_LENGTH + 1))
    expect(status).toBe(413)
    expect(body.detail).toBe(
      `job_file is larger than the limit of ${MAX_SOURCE_LENGTH / MEBIBYTE} MiB: put data into files that a source reads`,
    )
    expect(cluster.pids()).toEqual(before)
    expect(await cluster.get('/taskmanagers')).toMatchObject([{ status: 'ACTIVE' }, { status: 'ACTIVE' }])
  })
})
