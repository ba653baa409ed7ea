import { credentials, Server, ServerCredentials, status } from '@grpc/grpc-js'
import { WeirError } from '@weir/engine/base/errors'
import { afterEach, describe, expect, it } from 'vitest'
import { secretClientInterceptor, secretServerInterceptor } from './credentials.ts'
import {
  JobManagerServiceClient,
  type JobManagerServiceServer,
  JobManagerServiceService,
} from './generated/weir/v1/cluster.ts'
import { fromServiceError, toServiceError } from './rpc-errors.ts'

const cleanups: (() => void)[] = []

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

async function serve(secret: string, fail: unknown = null): Promise<{ port: number; calls: number[] }> {
  const server = new Server({ interceptors: [secretServerInterceptor(secret)] })
  const calls: number[] = []
  const implementation: JobManagerServiceServer = {
    register: (_call, callback) => callback(null, null as never),
    heartbeat: call => {
      call.on('data', () => call.write({ leaderEpoch: 7 }))
      call.on('end', () => call.end())
    },
    reportTaskEvents: (call, callback) => {
      calls.push(call.request.events.length)
      if (fail === null) callback(null, {})
      else callback(toServiceError(fail))
    },
    publishRows: (_call, callback) => callback(null, {}),
  }
  server.addService(JobManagerServiceService, implementation)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  cleanups.push(() => server.forceShutdown())
  return { port, calls }
}

function clientOf(port: number, secret?: string): JobManagerServiceClient {
  const interceptors = secret === undefined ? [] : [secretClientInterceptor(secret)]
  const client = new JobManagerServiceClient(`127.0.0.1:${port}`, credentials.createInsecure(), { interceptors })
  cleanups.push(() => client.close())
  return client
}

const report = (client: JobManagerServiceClient): Promise<number> =>
  new Promise(resolve => {
    client.reportTaskEvents({ taskManagerId: 'tm-1', incarnation: 'i', events: [] }, error =>
      resolve(error?.code ?? status.OK),
    )
  })

describe('the cluster secret', () => {
  it('lets a call with the secret through', async () => {
    const { port, calls } = await serve('right secret')
    expect(await report(clientOf(port, 'right secret'))).toBe(status.OK)
    expect(calls).toEqual([0])
  })

  it('refuses a call without it or with another, before the service sees it', async () => {
    const { port, calls } = await serve('right secret')
    expect(await report(clientOf(port))).toBe(status.UNAUTHENTICATED)
    expect(await report(clientOf(port, 'wrong secret'))).toBe(status.UNAUTHENTICATED)
    expect(calls).toEqual([])
  })

  it('works for streams both ways', async () => {
    const { port } = await serve('right secret')
    const beat = { taskManagerId: 'tm-1', incarnation: 'i', cpu: 0, memoryUsedBytes: 0, eventLoopUtilization: 0 }
    const stream = clientOf(port, 'right secret').heartbeat()
    const answer = new Promise(resolve => stream.once('data', resolve))
    stream.write({ ...beat, metrics: Buffer.alloc(0), attempts: [] })
    expect(await answer).toEqual({ leaderEpoch: 7 })
    stream.end()

    const refused = clientOf(port).heartbeat()
    const code = await new Promise(resolve =>
      refused.once('error', error => resolve((error as { code?: number }).code)),
    )
    expect(code).toBe(status.UNAUTHENTICATED)
  })
})

describe('an error of a service', () => {
  it('arrives with its code, message and place', async () => {
    const { port } = await serve('s', new WeirError('STALE_ATTEMPT', 'too old', { place: { operator: 'count' } }))
    const error = await new Promise<WeirError | null>(resolve => {
      clientOf(port, 's').reportTaskEvents({ taskManagerId: 'tm-1', incarnation: 'i', events: [] }, thrown =>
        resolve(thrown === null ? null : fromServiceError(thrown, 'the JobManager')),
      )
    })
    expect(error).toMatchObject({ code: 'STALE_ATTEMPT', message: 'too old', place: { operator: 'count' } })
  })

  it('is CONNECTION_LOST when nobody listens', async () => {
    const client = clientOf(1, 's')
    const error = await new Promise<WeirError | null>(resolve => {
      client.reportTaskEvents({ taskManagerId: 'tm-1', incarnation: 'i', events: [] }, thrown =>
        resolve(thrown === null ? null : fromServiceError(thrown, 'the JobManager')),
      )
    })
    expect(error?.code).toBe('CONNECTION_LOST')
  })
})
