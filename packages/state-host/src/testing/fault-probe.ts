import { WeirError } from '@weir/engine/base/errors'
import { SharedSpillStore } from '@weir/engine/state/shared-spill-store'
import { StateRoom } from '@weir/engine/state/state-room'
import { runTestJob } from '@weir/engine/task/testing/test-job'
import { StateHost } from '../state-host.ts'

/**
 * A process of its own: runs a job with more state than room on the disk folder that it is told, and prints the error
 * that failed the job and whether it could run another job afterwards that needs no disk.
 */

const [folder, recordsText] = process.argv.slice(2) as [string, string]
const host = new StateHost({ folder, writeBufferBytes: 1 << 20, writeBuffersMax: 2, cacheBytes: 0 })
const count = Number(recordsText)
// Each key comes twice: writes go ahead of their errors, and whoever reads back what was not written hears of it.
const records = Array.from({ length: count }, (_, i): [unknown] => [i % (count / 2)])
const job = {
  graph: {
    name: 'faults',
    nodes: [
      { uid: 'in', type: 'list', name: 'in', config: { records } },
      { uid: 'keep', type: 'reduce', name: 'keep', config: { fn: '(a, b) => …' } },
      { uid: 'out', type: 'keep', name: 'out' },
    ],
    edges: [
      { from: 'in', to: 'keep', partitioner: 'hash', key: 'n => …' },
      { from: 'keep', to: 'out', partitioner: 'forward' },
    ],
  },
  functions: () => ({
    keep: { key0: (n: number) => `a key ${n} ${'of some length '.repeat(20)}`, fn: (a: number) => a },
  }),
}
const run = async (room: StateRoom | undefined): Promise<object> => {
  try {
    const { rows } = await runTestJob(job, { network: 'local', compile: true, room, timeoutMs: 50_000 })
    return { rows: rows.length }
  } catch (error) {
    return error instanceof WeirError ? error.toJson() : { message: String(error) }
  }
}
const lease = host.lease()
const first = await run(new StateRoom(50_000, new SharedSpillStore(lease.memory)))
await lease.release()
const second = await run(undefined)
await host.stop()
process.stdout.write(`${JSON.stringify({ first, second })}\n`)
