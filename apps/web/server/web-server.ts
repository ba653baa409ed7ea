import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isAllowedHost } from '@weir/process/host-check'
import { portInUse } from '@weir/process/ports'

/** What answers a request: Next's own handler, or a stand-in for it. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface WebServerOptions {
  /** A loopback address: the only place where this server listens. */
  readonly host: string
  readonly port: number
  /** Names that it answers to beside those of every machine: what a proxy in front of it is called. */
  readonly names?: readonly string[]
  readonly handler: PageHandler
  /** Hears of a handler that threw; the request was answered with 500 where that was still possible. */
  readonly failed: (error: unknown, request: IncomingMessage) => void
}

export interface WebServer {
  readonly address: string
  /** Ends open connections too: streams of live updates would otherwise keep it open for ever. */
  close(): Promise<void>
}

/**
 * Listens for browsers. Requests under a foreign name are refused before anything looks at them, since the JobManager
 * behind this server sees only the name of this server and cannot refuse them itself.
 * Throws PORT_IN_USE, naming WEB_PORT and a free port.
 */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host, port, names = [], handler, failed } = options
  const server = createServer((request, response) => {
    if (!isAllowedHost(request.headers.host, names)) {
      response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('This server answers to localhost, addresses and the name in WEIR_PUBLIC_URL only, not to others.\n')
      return
    }
    handler(request, response).catch((error: unknown) => {
      failed(error, request)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('Internal error\n')
    })
  })
  server.listen({ port, host })
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw await portInUse({ port, variable: 'WEB_PORT', purpose: 'the web app' }, host)
  }
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
