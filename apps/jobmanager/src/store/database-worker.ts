import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { nodeClock } from '@weir/process/platform-node'
import { CallQueue } from './call-queue.ts'
import { type Database, openDatabase } from './database.ts'
import { isFatal } from './database-error.ts'
import type { DatabaseThreadOptions, FromDatabase, ToDatabase } from './database-protocol.ts'
import { META_STORE_METHODS, type MetaStore, type MethodKind } from './meta-store.ts'
import { prismaMetaStore } from './prisma-meta-store.ts'

/**
 * The database's thread: owns PGlite or the connections to PostgreSQL, and the Prisma client, so that nothing of them
 * runs on the JobManager's main thread.
 */

const CALLS_WAITING_MAX = 10_000

type Call = Extract<ToDatabase, { kind: 'call' }>

function main(port: MessagePort, options: DatabaseThreadOptions): void {
  const send = (message: FromDatabase) => port.postMessage(message)
  openDatabase(options).then(
    database => {
      serve(port, database, send)
      send({ kind: 'opened' })
    },
    (error: unknown) => {
      send({ kind: 'failed', error: WeirError.from(error).toJson() })
      port.close()
    },
  )
}

function serve(port: MessagePort, database: Database, send: (message: FromDatabase) => void): void {
  const store = prismaMetaStore(database, nodeClock)
  const lanes = lanesOf(database)

  const answer = async (call: Call) => {
    try {
      const kind = kindOf(call)
      // The lease first: a leader with much to write must not lose its lease over it.
      const value = await lanes[kind].run(() => invoke(store, call), kind === 'lease')
      send({ kind: 'result', id: call.id, value })
    } catch (thrown) {
      const error = WeirError.from(thrown).toJson()
      send({ kind: 'refused', id: call.id, error })
      if (!isFatal(thrown)) return
      send({ kind: 'crashed', error })
      port.close()
    }
  }

  const close = async () => {
    await Promise.all(Object.values(lanes).map(lane => lane.idle()))
    await database.close()
    send({ kind: 'closed' })
    port.close()
  }

  port.on('message', (message: ToDatabase) => {
    if (message.kind === 'call') void answer(message)
    else void close()
  })
}

/**
 * Which queue each kind of call waits in. With one connection there is one queue; else each kind has connections of its
 * own, and only the writes stand in a single file.
 */
function lanesOf(database: Database): Readonly<Record<MethodKind, CallQueue>> {
  const lane = (concurrency: number) => new CallQueue(concurrency, CALLS_WAITING_MAX)
  if (database.connections === 1) {
    const only = lane(1)
    return { read: only, write: only, lease: only }
  }
  return { read: lane(database.connections - 2), write: lane(1), lease: lane(1) }
}

function kindOf(call: Call): MethodKind {
  const methods: Readonly<Record<string, MethodKind>> = META_STORE_METHODS[call.part]
  const kind = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined
  assert(kind, `no method ${call.part}.${call.method}`)
  return kind
}

/** The interface's types were checked where the call was made; between the threads it is plain data. */
function invoke(store: MetaStore, call: Call): Promise<unknown> {
  const part: object = store[call.part]
  const method: unknown = Reflect.get(part, call.method)
  assert(typeof method === 'function', `${call.part}.${call.method} is not a method`)
  return Reflect.apply(method, part, call.parameters)
}

assert(parentPort, 'the database worker runs in a worker thread only')
main(parentPort, workerData as DatabaseThreadOptions)
