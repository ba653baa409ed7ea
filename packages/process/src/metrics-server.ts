import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { isAllowedHost } from './host-check.ts'
import { portInUse } from './ports.ts'

/** A registry with the metrics of the process itself (CPU, memory, event loop, garbage collection), unprefixed. */
export function newMetricsRegistry(): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  return register
}

export interface MetricsServerOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** The variable that sets the port, for the error when it is taken. */
  readonly variable: string
  readonly register: Pick<Registry, 'metrics' | 'contentType'>
  /** Host names under which it may be asked beside addresses and localhost. */
  readonly allowedHosts?: readonly string[]
}

export interface MetricsServer {
  readonly port: number
  /** `http://127.0.0.1:9249/metrics` */
  readonly url: string
  close(): Promise<void>
}

/** Serves `GET /metrics` in Prometheus' text format. Throws PORT_IN_USE. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    void answer(request, response, options)
  })
  await listen(server, options)
  const port = (server.address() as AddressInfo).port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    port,
    url: `http://${host}:${port}/metrics`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: Server, options: MetricsServerOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: options.host, port: options.port }, resolve)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw await portInUse({ port: options.port, variable: options.variable, purpose: '/metrics' }, options.host)
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: MetricsServerOptions,
): Promise<void> {
  const send = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : text)
  }
  if (!isAllowedHost(request.headers.host, options.allowedHosts)) return send(403, 'unknown Host\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'only GET\n')
  if (request.url?.split('?', 1)[0] !== '/metrics') return send(404, 'only /metrics\n')
  try {
    send(200, await options.register.metrics(), options.register.contentType)
  } catch (error) {
    send(500, `a metric could not be read: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
