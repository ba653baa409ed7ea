import { status } from '@grpc/grpc-js'
import { TaskManagerServiceService } from '@weir/proto/generated/weir/v1/cluster'
import { callAll } from '@weir/proto/testing/call-all'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TaskExecutor } from '../slots/task-executor.ts'
import { serveTaskManager, type TaskManagerServer } from './grpc-server.ts'

const reached: string[] = []
const note = (name: string) => (): void => void reached.push(name)
const noteLater = (name: string) => async (): Promise<void> => void reached.push(name)
/** Stands behind the server and only notes which calls came through. */
const executor: Pick<
  TaskExecutor,
  'deploy' | 'start' | 'cancel' | 'assignSplits' | 'alignSources' | 'commit' | 'abortLeftovers'
> = {
  deploy: note('deploy'),
  start: note('start'),
  cancel: note('cancel'),
  assignSplits: note('assignSplits'),
  alignSources: note('alignSources'),
  commit: noteLater('commit'),
  abortLeftovers: noteLater('abortLeftovers'),
}
const calls = Object.keys(executor)

let server: TaskManagerServer
beforeAll(async () => {
  server = await serveTaskManager('127.0.0.1', 0, 'the right secret', executor as TaskExecutor)
})
afterAll(() => server.close())

const everyCallGets = (code: status) => Object.fromEntries(calls.map(name => [name, code]))

it.each([undefined, 'another secret', ''])('every call with the cluster secret %j is refused unread', async secret => {
  const codes = await callAll(TaskManagerServiceService, server.port, secret)
  expect(codes).toEqual(everyCallGets(status.UNAUTHENTICATED))
  expect(reached).toEqual([])
})

it('every call with the right one comes through', async () => {
  const codes = await callAll(TaskManagerServiceService, server.port, 'the right secret')
  expect(codes).toEqual(everyCallGets(status.OK))
  expect(reached).toEqual(calls)
})
