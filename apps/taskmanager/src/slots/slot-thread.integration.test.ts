import type { WeirError } from '@weir/engine/base/errors'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { allocateAttemptMemory } from '@weir/engine/network/attempt-memory'
import { DEFAULT_CHANNEL_SETTINGS } from '@weir/engine/network/channel'
import { Doorbell } from '@weir/engine/network/doorbell'
import { PROBE_STEPS } from '@weir/engine/task/chain-plan'
import { describe, expect, it } from 'vitest'
import type { FromSlot } from './slot-protocol.ts'
import { SlotThread } from './slot-thread.ts'

const graph = executionGraph(
  jobGraphSchema.parse({ name: 'one', nodes: [{ uid: 'a', type: 'map', name: 'a' }], edges: [] }),
)

interface Started {
  readonly thread: SlotThread
  readonly messages: FromSlot[]
  readonly probe: Int32Array
  /** What `onExit` was told. */
  readonly exit: Promise<WeirError | undefined>
  readonly unstoppable: WeirError[]
  exits: number
}

function start(deed: string, heapMb = 64): Started {
  const probe = new SharedArrayBuffer(8)
  const exited = Promise.withResolvers<WeirError | undefined>()
  const messages: FromSlot[] = []
  const unstoppable: WeirError[] = []
  const started: Started = {
    messages,
    probe: new Int32Array(probe),
    exit: exited.promise,
    unstoppable,
    exits: 0,
    thread: new SlotThread(
      new URL('./testing/tiny-slot.ts', import.meta.url),
      {
        jobId: 'job_tiny',
        attempt: 1,
        slot: 0,
        bundleFile: deed,
        sourceMap: '',
        graph: '{}',
        graphHash: '',
        memory: allocateAttemptMemory(graph, [0], 4, DEFAULT_CHANNEL_SETTINGS, Doorbell.allocate()),
        probe,
        workdir: '/',
        watermarkIntervalMs: 200,
      },
      heapMb,
      {
        onMessage: message => messages.push(message),
        onExit: error => {
          started.exits++
          exited.resolve(error)
        },
        onUnstoppable: error => unstoppable.push(error),
      },
    ),
  }
  return started
}

async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!done()) {
    if (performance.now() > deadline) throw new Error('not within 10 s')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const logs = (messages: readonly FromSlot[]) => messages.flatMap(one => (one.type === 'log' ? [one] : []))

describe('a slot thread', () => {
  it.each([0, 3])('names the operator that ends its worker with exit code %i', async code => {
    const error = await start(`exit ${code}`).exit
    expect(error).toMatchObject({ code: 'USER_EXIT', place: { operator: 'op', subtask: 2 } })
    expect(error?.message).toBe(
      `operator 'op' [2] ended its worker with exit code ${code}; a function of a job must not call process.exit()`,
    )
  })

  it.each([
    ['throw later', 'thrown in a timer', 'TypeError'],
    ['reject a promise', 'nobody listens', 'RangeError'],
  ])('keeps message and stack of what crashes its worker: %s', async (deed, text, type) => {
    const error = await start(deed).exit
    expect(error).toMatchObject({ code: 'USER_FUNCTION', place: { operator: 'op', subtask: 2 } })
    expect(error?.message).toBe(`operator 'op' [2] crashed its slot: ${text}`)
    expect(error?.stack).toContain(`${type}: ${text}`)
  })

  it('says whose memory ran out, and this thread lives on', async () => {
    const { exit, unstoppable } = start('fill the heap', 48)
    const error = await exit
    expect(error).toMatchObject({ code: 'USER_MEMORY', place: { operator: 'op', subtask: 2 } })
    expect(error?.message).toContain('used up the 48 MB of memory of its slot')
    expect(unstoppable).toEqual([])
  })

  it('shows what its worker is doing', async () => {
    const { thread, messages, probe, exit } = start('wait')
    expect(thread.runningOperator()).toBeUndefined()
    await until(() => messages.length > 0 && thread.runningOperator() !== undefined)
    expect(thread.runningOperator()).toEqual({ probeId: 7, name: 'op', subtask: 2 })
    const before = thread.steps
    probe[PROBE_STEPS]++
    expect(thread.steps).toBe(before + 1)
    thread.stop(5_000)
    await exit
  })

  it('passes messages on in both directions, and stops without an error when it is told to', async () => {
    const started = start('wait')
    await until(() => started.messages.length > 0)
    started.thread.post({ type: 'start' })
    await until(() => logs(started.messages).some(({ message }) => message === 'got start'))
    started.thread.stop(5_000)
    started.thread.stop(5_000)
    expect(await started.exit).toBeUndefined()
    expect(logs(started.messages).map(({ message }) => message)).toEqual(['got start', 'got stop'])
    started.thread.post({ type: 'start' })
    expect(started.exits).toBe(1)
  })

  it('ends a worker by force that does not listen', async () => {
    const { thread, exit, probe, unstoppable } = start('loop without end')
    await until(() => probe[0] === 7)
    const began = performance.now()
    thread.stop(100)
    expect(await exit).toBeUndefined()
    expect(performance.now() - began).toBeGreaterThanOrEqual(95)
    expect(unstoppable).toEqual([])
  })

  it('that has ended may be stopped, and nothing comes of it', async () => {
    const started = start('exit 3')
    await started.exit
    started.thread.stop(10)
    // Longer than the grace and the time after which a thread that was ended by force counts as unstoppable.
    await new Promise(resolve => setTimeout(resolve, 3_300))
    expect(started.unstoppable).toEqual([])
    expect(started.exits).toBe(1)
  })

  it('takes what is written past the console as lines of the log, with the operator', async () => {
    const { messages, thread, exit } = start('write to the streams')
    await until(() => logs(messages).length === 2)
    expect(logs(messages)).toContainEqual({
      type: 'log',
      level: 'info',
      operator: 'op',
      subtask: 2,
      message: 'to stdout',
    })
    expect(logs(messages)).toContainEqual({
      type: 'log',
      level: 'warn',
      operator: 'op',
      subtask: 2,
      message: 'to stderr',
    })
    thread.stop(1_000)
    await exit
  })

  it('shows user code nothing of this process’s environment', async () => {
    process.env.WEIR_TEST_SECRET = 'do not tell'
    const { messages, thread, exit } = start('look at the environment')
    await until(() => logs(messages).length === 1)
    Reflect.deleteProperty(process.env, 'WEIR_TEST_SECRET')
    expect(logs(messages)[0].message).toBe('{}')
    thread.stop(1_000)
    await exit
  })
})
