import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'

export interface RawAnswer {
  readonly text: string
  /** Whether the other side closed the connection within the time. */
  readonly closed: boolean
}

/** Sends bytes to a port of this machine and gives all that comes back until the other side closes, or the time is up. */
export function sendRaw(port: number, bytes: string | Uint8Array, timeoutMs: number): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: '127.0.0.1', port })
    const end = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed })
    }
    const timer = setTimeout(() => end(false), timeoutMs)
    let connected = false
    socket.on('connect', () => {
      connected = true
      socket.write(bytes)
    })
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('close', () => end(true))
    socket.on('error', error => {
      // A reset is an answer too: what was sent is not wanted.
      if (connected) end(true)
      else {
        clearTimeout(timer)
        reject(error)
      }
    })
  })
}

/** Status line and JSON body of the last answer of several on one connection. */
export function lastHttpAnswer<Body extends { detail: string }>(
  text: string,
): { status: number; contentType: string; body: Body } {
  const answer = text.slice(text.lastIndexOf('HTTP/1.1 '))
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
    contentType: /^content-type: (.*)$/im.exec(head)?.[1] ?? '',
    body: JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Body,
  }
}

/** The TCP ports on which a process of this machine listens; Linux alone tells them. */
export function listeningPorts(pid: number): number[] {
  const inodes = new Set<string>()
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1]
    if (inode !== undefined) inodes.add(inode)
  }
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1)
  const LISTEN = '0A'
  return rows
    .map(row => row.trim().split(/\s+/))
    .filter(columns => columns[3] === LISTEN && inodes.has(columns[9] ?? ''))
    .map(columns => Number.parseInt(columns[1]?.split(':')[1] ?? '', 16))
    .sort((a, b) => a - b)
}

/** A descriptor may be closed between the listing and the look at it. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** Bytes that look random and are the same in every run. */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed | 1
  for (let i = 0; i < length; i++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223
    bytes[i] = state >>> 24
  }
  return bytes
}
