import type { EffectOf } from '@weir/control/job/job-effect'
import type { JobEventBody } from '@weir/control/job/job-event'
import { ResourceManager } from '@weir/control/resources/resource-manager'
import { binPacking } from '@weir/control/scheduling/placement'
import { WeirError } from '@weir/engine/base/errors'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import type { Logger } from '@weir/process/logging'
import type { AlignSourcesRequest } from '@weir/proto/generated/weir/v1/cluster'
import { describe, expect, it } from 'vitest'
import { JobCommands } from './job-commands.ts'
import type { TaskManagerGateway } from './ports.ts'
import { TaskManagerDirectory } from './task-manager-directory.ts'

const TASK_MANAGER = { id: 'tm-1', incarnation: 'i' }
const graph = jobGraphSchema.parse({
  name: 'job',
  nodes: [{ uid: 'in', type: 'datagen', name: 'in' }],
  edges: [],
})

/** Commands to one TaskManager, which answers each call when the test says so. */
function setUp() {
  const clock = new ManualClock(1e12)
  const told: AlignSourcesRequest[] = []
  const answers: PromiseWithResolvers<void>[] = []
  const gateway = {
    deploy: async () => null,
    alignSources: (request: AlignSourcesRequest) => {
      told.push(request)
      const answer = Promise.withResolvers<void>()
      answers.push(answer)
      return answer.promise
    },
    close: () => undefined,
  } as unknown as TaskManagerGateway
  const directory = new TaskManagerDirectory(new ResourceManager(binPacking, 1e6), () => gateway, clock, 1)
  directory.register({
    taskManagerId: TASK_MANAGER.id,
    incarnation: TASK_MANAGER.incarnation,
    host: '127.0.0.1',
    rpcPort: 1,
    dataPort: 2,
    metricsPort: 3,
    slots: 1,
    pid: 1,
    version: 'test',
    memoryBytes: 1,
    attempts: [],
  })
  const events: JobEventBody[] = []
  const logger = { warn: () => undefined } as unknown as Logger
  const commands = new JobCommands({
    code: { jobId: 'job_1', name: 'job', graph, graphHash: '', bundle: '', sourceMap: '' },
    directory,
    sources: { discoverSplits: async () => [] },
    epoch: 1,
    workdir: '/',
    logger,
    timers: clock,
    post: event => events.push(event),
  })
  const slot = { slot: 0, taskManager: TASK_MANAGER, taskManagerSlot: 0 }
  commands.carryOut({ type: 'deploy', attempt: 1, taskManager: TASK_MANAGER, slots: [slot] })
  const align = (slowest: number, group = 'g'): void => {
    const effect: EffectOf<'align-sources'> = {
      type: 'align-sources',
      attempt: 1,
      taskManager: TASK_MANAGER,
      group,
      slowest,
    }
    commands.carryOut(effect)
  }
  const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))
  return { clock, told, answers, events, align, settled }
}

describe('how far the slowest source of a group is', () => {
  it('is told with its group and attempt', async () => {
    const { told, align, settled } = setUp()
    align(Number.POSITIVE_INFINITY)
    await settled()
    expect(told).toEqual([
      { attempt: { jobId: 'job_1', attempt: 1, leaderEpoch: 1 }, group: 'g', slowest: Number.POSITIVE_INFINITY },
    ])
  })

  it('comes as the latest word, once, to a TaskManager that was slow to answer', async () => {
    const { told, answers, align, settled } = setUp()
    align(1)
    await settled()
    for (const slowest of [2, 3, 4]) align(slowest)
    align(7, 'another')
    answers[0]?.resolve()
    await settled()
    answers[1]?.resolve()
    await settled()
    expect(told.map(({ group, slowest }) => [group, slowest])).toEqual([
      ['g', 1],
      ['g', 4],
      ['another', 7],
    ])
  })

  it('is told again after a call that was lost, which does not fail the attempt', async () => {
    const { clock, told, answers, events, align, settled } = setUp()
    align(1)
    await settled()
    answers[0]?.reject(new WeirError('CONNECTION_LOST', 'no answer'))
    await settled()
    expect(told).toHaveLength(1)
    clock.advance(1_000)
    await settled()
    expect(told.map(({ slowest }) => slowest)).toEqual([1, 1])
    answers[1]?.reject(new WeirError('CONNECTION_LOST', 'no answer'))
    await settled()
    // A newer word goes at once, and is the last.
    align(2)
    await settled()
    clock.advance(1_000)
    answers[2]?.resolve()
    await settled()
    expect(told.map(({ slowest }) => slowest).at(-1)).toBe(2)
    expect(events).toEqual([])
  })
})
