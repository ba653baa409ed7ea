import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WeirError } from '@weir/engine/base/errors'
import { channelId, executionGraph } from '@weir/engine/graph/execution-graph'
import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { type AttemptMemory, allocateAttemptMemory, placedChannels } from '@weir/engine/network/attempt-memory'
import { BufferPool } from '@weir/engine/network/buffer-pool'
import { type ChannelSettings, DEFAULT_CHANNEL_SETTINGS } from '@weir/engine/network/channel'
import { ChannelWriter } from '@weir/engine/network/channel-writer'
import { CreditTable, OutputBufferQuota } from '@weir/engine/network/credit'
import type { InputGate } from '@weir/engine/network/input-gate'
import { RecordBatch } from '@weir/engine/network/record-batch'
import { SharedNetwork } from '@weir/engine/network/shared-network'
import { emptyHeader, type FrameHeader, writeHeader } from '../frame-format.ts'
import { NetworkThread } from '../network-thread.ts'

/** A network thread with what it has told so far. */
export class Manager {
  readonly id: string
  readonly thread: NetworkThread
  readonly failures: { jobId: string; attempt: number; error: WeirError }[]
  readonly logs: string[]
  readonly crashes: Error[]

  private constructor(parts: Pick<Manager, 'id' | 'thread' | 'failures' | 'logs' | 'crashes'>) {
    this.id = parts.id
    this.thread = parts.thread
    this.failures = parts.failures
    this.logs = parts.logs
    this.crashes = parts.crashes
  }

  static async start(id: string, bufferSize: number, port = 0): Promise<Manager> {
    const failures: Manager['failures'] = []
    const logs: string[] = []
    const crashes: Error[] = []
    const thread = await NetworkThread.start(new URL('../network-worker.ts', import.meta.url), {
      taskManagerId: id,
      host: '127.0.0.1',
      port,
      bufferSize,
      onAttemptFailed: (jobId, attempt, error) => failures.push({ jobId, attempt, error }),
      onLog: (_level, message) => logs.push(message),
      onCrash: error => crashes.push(error),
    })
    return new Manager({ id, thread, failures, logs, crashes })
  }
}

/** One end of an attempt: a slot in one manager, with a channel to the slot in the other and one from there. */
export class End {
  readonly memory: AttemptMemory
  readonly pool: BufferPool
  readonly quota: OutputBufferQuota
  readonly network: SharedNetwork
  readonly writer: ChannelWriter
  readonly gate: InputGate
  readonly credits: CreditTable
  readonly outgoing: number
  readonly incoming: number
  readonly received: unknown[] = []
  readonly #manager: Manager
  readonly #ref: { readonly jobId: string; readonly attempt: number }
  blocked = false

  constructor(
    manager: Manager,
    peer: { readonly id: string; readonly port: number },
    slot: 0 | 1,
    options: {
      settings: Partial<ChannelSettings>
      buffersPerSlot: number
      jobId: string
      attempt: number
      token: string
    },
  ) {
    const { jobId, attempt, token, buffersPerSlot } = options
    const settings = { ...DEFAULT_CHANNEL_SETTINGS, ...options.settings }
    const graph = executionGraph(
      jobGraphSchema.parse({
        name: 'pair',
        parallelism: 2,
        nodes: ['from', 'to'].map(uid => ({ uid, type: 'map', name: uid })),
        edges: [{ from: 'from', to: 'to', partitioner: 'rebalance' }],
      }),
    )
    const other = 1 - slot
    const [edge] = graph.edges
    this.#manager = manager
    this.#ref = { jobId, attempt }
    this.memory = allocateAttemptMemory(graph, [slot], buffersPerSlot, settings, manager.thread.doorbell)
    this.pool = new BufferPool(this.memory.pool)
    this.quota = new OutputBufferQuota(this.memory.slots[0].outputQuota)
    this.credits = new CreditTable(this.memory.credits)
    this.outgoing = channelId(edge, slot, other)
    this.incoming = channelId(edge, other, slot)
    const tcp = placedChannels(graph, new Set([slot])).filter(({ transport }) => transport === 'tcp')
    manager.thread.post({
      type: 'attach',
      jobId,
      attempt,
      token,
      memory: this.memory,
      outgoing: tcp.filter(({ startsHere }) => startsHere).map(({ id }) => [id, peer.id]),
      incoming: tcp.filter(({ endsHere }) => endsHere).map(({ id, toSlot }) => [id, toSlot, peer.id]),
      starts: tcp.filter(({ startsHere }) => startsHere).map(({ id, fromSlot }) => [id, fromSlot]),
      peers: [{ taskManagerId: peer.id, host: '127.0.0.1', port: peer.port }],
    })
    this.network = new SharedNetwork(this.memory, slot)
    this.gate = this.network.gate(0)
    const place = { id: this.incoming, edge: 0, fromSlot: other, toSlot: slot }
    this.network.receive(place, this.gate)
    const sender = this.network.sender({ id: this.outgoing, edge: 0, fromSlot: slot, toSlot: other })
    this.writer = new ChannelWriter(sender, {
      onBlocked: () => {
        this.blocked = true
      },
      onUnblocked: () => {
        this.blocked = false
      },
      addOverdraft: () => undefined,
    })
  }

  connect(): void {
    this.#manager.thread.post({ type: 'connect', ...this.#ref })
  }

  detach(): void {
    this.#manager.thread.post({ type: 'detach', ...this.#ref })
  }

  /** What a slot does in a turn: writes while there is credit, takes what has come. */
  turn(values?: Iterator<unknown>): void {
    this.writer.flush()
    while (values !== undefined && !this.blocked) {
      const next = values.next()
      if (next.done) break
      this.writer.add(next.value, 0)
    }
    this.writer.flush()
    this.network.poll()
    for (let element = this.gate.poll(); element !== undefined; element = this.gate.poll()) {
      if (element instanceof RecordBatch) this.received.push(...element.values.slice(0, element.count))
      else this.received.push(element)
    }
    this.network.settle()
  }
}

/** Turns of all ends until `done`, or an error after `timeoutMs`. */
export async function runUntil(
  ends: readonly { end: End; values?: Iterator<unknown> }[],
  done: () => boolean,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`not done within ${timeoutMs} ms`)
    for (const { end, values } of ends) end.turn(values)
    await new Promise(resolve => setImmediate(resolve))
  }
}

export async function until(done: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await sleep(5)
  }
}

/** A stranger on the data port. */
export class Stranger {
  readonly socket: Socket
  readonly received: Buffer[] = []
  readonly closed: Promise<void>
  isClosed = false

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port })
    this.socket.on('data', chunk => this.received.push(chunk))
    // A reset is one way of being shut out.
    this.socket.on('error', () => undefined)
    this.closed = new Promise(resolve => {
      this.socket.on('close', () => {
        this.isClosed = true
        resolve()
      })
    })
  }

  frame(header: Partial<FrameHeader>, body: Uint8Array = new Uint8Array(0)): this {
    this.socket.write(writeHeader({ ...emptyHeader(), length: body.length, ...header }))
    if (body.length > 0) this.socket.write(body)
    return this
  }

  json(kind: number, body: unknown, attemptKey = 0): this {
    return this.frame({ kind, attemptKey }, Buffer.from(JSON.stringify(body)))
  }

  bytes(bytes: Uint8Array): this {
    this.socket.write(bytes)
    return this
  }
}

/** Passes everything on to `port`, until it is cut. */
export class TcpRelay {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server
    this.port = port
    this.#sockets = sockets
  }

  static async to(port: number): Promise<TcpRelay> {
    const sockets = new Set<Socket>()
    const server = createServer(socket => {
      const onward = connect({ host: '127.0.0.1', port })
      for (const [from, to] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        sockets.add(from)
        from.on('error', () => undefined)
        from.on('close', () => to.destroy())
        from.pipe(to)
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
    return new TcpRelay(server, address.port, sockets)
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.cut()
    this.#server.close()
  }
}
