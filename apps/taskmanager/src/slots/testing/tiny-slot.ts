import { parentPort, workerData } from 'node:worker_threads'
import { PROBE_OPERATOR, PROBE_STEPS } from '@weir/engine/task/chain-plan'
import type { FromSlot, SlotWorkerData, ToSlot } from '../slot-protocol.ts'

/** A slot without an engine: does what `bundleFile` names, in the operator 'op' [2] whose probe id is 7. */

const data = workerData as SlotWorkerData
const probe = new Int32Array(data.probe)

function send(message: FromSlot): void {
  parentPort?.postMessage(message)
}

function log(message: string): void {
  send({ type: 'log', level: 'info', operator: undefined, subtask: undefined, message })
}

const kept: unknown[] = []

const deeds: Record<string, () => void> = {
  wait: () => undefined,
  'exit 0': () => process.exit(0),
  'exit 3': () => process.exit(3),
  'throw later': () => setTimeout(() => void failing(), 1),
  'reject a promise': () => void Promise.reject(new RangeError('nobody listens')),
  'loop without end': () => {
    for (;;) probe[PROBE_STEPS] |= 0
  },
  'fill the heap': () => {
    for (;;) kept.push(Array.from({ length: 1_000 }, (_, i) => ({ i })))
  },
  'write to the streams': () => {
    process.stdout.write('to stdout\n')
    process.stderr.write('to stderr\n')
  },
  'look at the environment': () => log(JSON.stringify(process.env)),
}

function failing(): void {
  throw new TypeError('thrown in a timer')
}

parentPort?.on('message', (message: ToSlot) => {
  log(`got ${message.type}`)
  if (message.type === 'stop') process.exit(0)
  if (message.type === 'collect') send({ type: 'heap', aliveBytes: 0 })
})
send({ type: 'deployed', operators: [{ probeId: 7, name: 'op', subtask: 2 }] })
setTimeout(() => {
  Atomics.store(probe, PROBE_OPERATOR, 7)
  deeds[data.bundleFile]()
}, 20)
