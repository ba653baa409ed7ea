import { once } from 'node:events'
import { createServer } from 'node:net'
import { WeirError } from '@weir/engine/base/errors'
import type { PortUse } from './settings.ts'

/** Whether a port can be listened on at this moment. Another process may take it right after. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ port, host, exclusive: true })
    await once(server, 'listening')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE' || code === 'EACCES') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}

/** How many ports above the wanted one are tried before any free one is taken. */
const NEAR_PORTS_MAX = 100

/** The first free port above `port` that is not in `taken`, or else any free one. */
export async function findFreePort(
  port: number,
  host: string,
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  for (let candidate = port + 1; candidate <= Math.min(port + NEAR_PORTS_MAX, 65_535); candidate++) {
    if (!taken.has(candidate) && (await isPortFree(candidate, host))) return candidate
  }
  const server = createServer()
  server.listen({ port: 0, host })
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new WeirError('ASSERTION', 'a TCP server has no port')
  return address.port
}

/** The error for a taken port: names it, the variable that sets it, and a free one. */
export async function portInUse(use: PortUse, host: string): Promise<WeirError> {
  return inUse(use, host, await findFreePort(use.port, host))
}

function inUse(use: PortUse, host: string, free: number): WeirError {
  return new WeirError(
    'PORT_IN_USE',
    `port ${use.port} on ${host} is taken by another process; Weir needs it for ${use.purpose}: ` +
      `end that process, or set ${use.variable} to a free one, for example ${use.variable}=${free}`,
  )
}

/** Throws PORT_IN_USE with every port that is taken, and a free one for each, so that all can be changed at once. */
export async function requirePorts(uses: readonly PortUse[], host: string): Promise<void> {
  const notOffered = new Set(uses.map(use => use.port))
  const errors: WeirError[] = []
  for (const use of uses) {
    if (await isPortFree(use.port, host)) continue
    const free = await findFreePort(use.port, host, notOffered)
    notOffered.add(free)
    errors.push(inUse(use, host, free))
  }
  if (errors.length === 0) return
  if (errors.length === 1) throw errors[0]!
  throw new WeirError('PORT_IN_USE', errors.map(error => error.message).join('\n'), {
    problems: errors.map(error => ({ message: error.message })),
  })
}
