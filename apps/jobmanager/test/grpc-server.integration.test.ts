import { status } from '@grpc/grpc-js'
import { JobManagerServiceService } from '@weir/proto/generated/weir/v1/cluster'
import { callAll } from '@weir/proto/testing/call-all'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RpcServer, startRpcServer, type TaskManagerCalls } from '../src/adapters/grpc-server.ts'

const reached: string[] = []
/** Stands behind the server and only notes which calls came through. */
const calls: TaskManagerCalls = {
  register: () => {
    reached.push('register')
    return { accepted: true, leaderAddress: '', leaderEpoch: 1, heartbeatIntervalMs: 1000, heartbeatTimeoutMs: 2000 }
  },
  heartbeat: () => {
    reached.push('heartbeat')
    return { id: 'tm-1', incarnation: 'i' }
  },
  disconnected: () => undefined,
  taskEvents: () => void reached.push('reportTaskEvents'),
  publishRows: () => void reached.push('publishRows'),
  epoch: 1,
}
const names = ['register', 'heartbeat', 'reportTaskEvents', 'publishRows']
const everyCallGets = (code: status) => Object.fromEntries(names.map(name => [name, code]))

let server: RpcServer
beforeAll(async () => {
  server = await startRpcServer({ host: '127.0.0.1', port: 0, secret: 'the right secret', calls })
})
afterAll(() => server.close())

it.each([undefined, 'another secret', ''])('every call with the cluster secret %j is refused unread', async secret => {
  const codes = await callAll(JobManagerServiceService, server.port, secret)
  expect(codes).toEqual(everyCallGets(status.UNAUTHENTICATED))
  expect(reached).toEqual([])
})

it('every call with the right one comes through', async () => {
  const codes = await callAll(JobManagerServiceService, server.port, 'the right secret')
  expect(codes).toEqual(everyCallGets(status.OK))
  expect(reached).toEqual(names)
})
