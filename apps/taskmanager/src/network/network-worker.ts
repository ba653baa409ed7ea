import { createServer, type Server, Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import { newFrameDescriptor } from '@weir/engine/network/descriptor-ring'
import { Doorbell } from '@weir/engine/network/doorbell'
import { AttemptLink } from './attempt-link.ts'
import type { FromNetwork, NetworkWorkerData, ToNetwork } from './network-protocol.ts'
import { PeerConnection, type PeerConnectionListener } from './peer-connection.ts'

/**
 * The network thread of a TaskManager: owns all data sockets, and moves frames between them and the slots' rings. One
 * connection joins two TaskManagers, whatever runs on them; the one whose id sorts first dials.
 */

/** How long peers of a started attempt may take to be connected. */
const CONNECT_TIMEOUT_MS = 10_000
const DIAL_RETRY_MS = 200
const DIAL_TIMEOUT_MS = 3_000
/** How many ports above the wanted one are tried. */
const PORTS_TRIED = 200

assert(parentPort, 'network-worker runs as a worker thread')
const main = parentPort
const data = workerData as NetworkWorkerData
const doorbell = new Doorbell(data.doorbell)
const attempts = new Set<AttemptLink>()
/** The one to each peer, and all that are open: those too of which it is not known whose they are. */
const connections = new Map<string, PeerConnection>()
const open = new Set<PeerConnection>()
const dialing = new Set<string>()
const frame = newFrameDescriptor()
let nextKey = 1

function send(message: FromNetwork): void {
  main.postMessage(message)
}

function fail(link: AttemptLink, error: WeirError): void {
  if (!attempts.has(link)) return
  link.failed = true
  send({ type: 'attemptFailed', jobId: link.jobId, attempt: link.attempt, error: error.toJson() })
}

function adopt(socket: Socket, dialedPeerId?: string): PeerConnection {
  const listener: PeerConnectionListener = {
    onProven: (connection, link) => {
      const peerId = connection.peerId as string
      const older = connections.get(peerId)
      if (older !== connection) {
        connections.set(peerId, connection)
        // The peer's process was restarted, and its new one was faster than the news of the old one's end.
        older?.destroy()
      }
      if (link.connectRequested) connection.attach(link)
      doorbell.ring()
    },
    findAttempt: (jobId, attempt) => [...attempts].find(link => link.is(jobId, attempt)),
    onClose: (connection, error) => {
      open.delete(connection)
      const peerId = connection.peerId
      if (error !== undefined) send({ type: 'log', level: 'warn', message: error.message })
      if (peerId === undefined) return
      if (connections.get(peerId) === connection) connections.delete(peerId)
      for (const link of attempts) {
        if (!connection.isAttached(link)) continue
        const reason =
          error ?? new WeirError('CONNECTION_LOST', `the data connection to TaskManager ${peerId} was closed`)
        fail(link, reason)
      }
    },
  }
  const connection = new PeerConnection(socket, data.bufferSize, listener, dialedPeerId)
  open.add(connection)
  return connection
}

function attachAll(connection: PeerConnection, peerId: string): void {
  for (const link of attempts) {
    if (link.connectRequested && link.peers.has(peerId)) connection.attach(link)
  }
  doorbell.ring()
}

function connect(link: AttemptLink): void {
  link.connectRequested = true
  for (const peer of link.peers.values()) {
    const existing = connections.get(peer.taskManagerId)
    if (existing !== undefined) existing.attach(link)
    else if (data.taskManagerId < peer.taskManagerId) dial(peer.taskManagerId)
  }
  setTimeout(() => {
    for (const peer of link.peers.keys()) {
      if (connections.get(peer)?.isAttached(link) !== true) {
        fail(
          link,
          new WeirError('CONNECTION_LOST', `no data connection to TaskManager ${peer} within ${CONNECT_TIMEOUT_MS} ms`),
        )
      }
    }
  }, CONNECT_TIMEOUT_MS).unref()
  doorbell.ring()
}

/** Tries until it is connected or no attempt wants the peer any more. */
function dial(peerId: string): void {
  if (dialing.has(peerId) || connections.has(peerId)) return
  // The latest attempt knows where the peer is now; a restarted one may have another port.
  const wanting = [...attempts].findLast(link => link.connectRequested && !link.failed && link.peers.has(peerId))
  const peer = wanting?.peers.get(peerId)
  if (peer === undefined) return
  const { host, port } = peer
  dialing.add(peerId)
  const socket = new Socket()
  const onError = (error: Error): void => {
    clearTimeout(timeout)
    dialing.delete(peerId)
    socket.destroy()
    send({
      type: 'log',
      level: 'warn',
      message: `no connection to TaskManager ${peerId} at ${host}:${port}: ${error.message}`,
    })
    setTimeout(() => dial(peerId), DIAL_RETRY_MS).unref()
  }
  const timeout = setTimeout(
    () => onError(new Error(`no answer within ${DIAL_TIMEOUT_MS} ms`)),
    DIAL_TIMEOUT_MS,
  ).unref()
  socket.once('error', onError)
  socket.connect({ host, port }, () => {
    clearTimeout(timeout)
    socket.off('error', onError)
    dialing.delete(peerId)
    const connection = adopt(socket, peerId)
    connections.set(peerId, connection)
    connection.hello(data.taskManagerId)
    attachAll(connection, peerId)
  })
}

/** Moves what the slots have for other TaskManagers: frames, and credit for frames that came. */
function pump(): void {
  for (const connection of connections.values()) connection.cork()
  for (const link of attempts) {
    for (const { ring, quota, doorbell: slotDoorbell } of link.fromSlots) {
      while (ring.shift(frame)) {
        const peer = link.outgoing.get(frame.channel)
        const connection = peer === undefined ? undefined : connections.get(peer)
        if (connection?.isAttached(link)) {
          connection.sendData(link, frame, quota, slotDoorbell)
        } else {
          // The credit for it came over a connection that has broken, and the attempt is failing.
          link.pool.release(frame.buffer)
          quota.giveBack()
        }
      }
    }
    for (const incoming of link.incoming.values()) {
      const connection = connections.get(incoming.peer)
      if (!connection?.isJoined(link)) continue
      const buffers = link.credits.takeGrantedBuffers(incoming.channel)
      const records = link.credits.takeGrantedRecords(incoming.channel)
      if (buffers === 0 && records === 0) continue
      incoming.creditGiven += buffers
      connection.sendCredit(link, incoming.channel, buffers, records)
    }
  }
  for (const connection of connections.values()) connection.uncork()
}

/** Longest sleep, so that a ring that was missed for a reason nobody thought of costs a second, not the job. */
const SLEEP_MS_MAX = 1000

async function run(): Promise<void> {
  setInterval(() => doorbell.ring(), SLEEP_MS_MAX)
  for (;;) {
    const seen = doorbell.rings
    pump()
    await (doorbell.sleep(seen) ?? new Promise<void>(resolve => setImmediate(resolve)))
  }
}

function handle(message: ToNetwork): void {
  switch (message.type) {
    case 'attach': {
      const link = new AttemptLink(message, nextKey++)
      attempts.add(link)
      for (const connection of open) connection.recognise(link)
      return
    }
    case 'connect': {
      const link = [...attempts].find(candidate => candidate.is(message.jobId, message.attempt))
      if (link !== undefined) connect(link)
      return
    }
    case 'detach':
      for (const link of attempts) {
        if (!link.is(message.jobId, message.attempt)) continue
        attempts.delete(link)
        for (const connection of connections.values()) connection.detach(link)
      }
      return
  }
}

function listen(server: Server, port: number, triesLeft: number): void {
  const onError = (error: NodeJS.ErrnoException): void => {
    server.off('listening', onListening)
    if (error.code !== 'EADDRINUSE' || triesLeft === 0) throw error
    listen(server, port + 1, triesLeft - 1)
  }
  const onListening = (): void => {
    server.off('error', onError)
    const address = server.address()
    assert(typeof address === 'object' && address !== null, 'the data server has no port')
    server.on('error', error => send({ type: 'log', level: 'error', message: `data server: ${error.message}` }))
    send({ type: 'listening', port: address.port })
  }
  server.once('error', onError)
  server.once('listening', onListening)
  server.listen({ host: data.host, port })
}

main.on('message', handle)
listen(
  createServer(socket => adopt(socket)),
  data.port,
  PORTS_TRIED,
)
void run()
