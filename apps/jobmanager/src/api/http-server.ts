import type { AddressInfo } from 'node:net'
import { WeirError } from '@weir/engine/base/errors'
import type { Logger } from '@weir/process/logging'
import { portInUse } from '@weir/process/ports'
import { isLoopback } from '@weir/process/setting-kinds'
import { Access } from '../auth/access.ts'
import type { CredentialStore } from '../auth/credential-store.ts'
import type { ControlPlane } from '../dispatcher/control-plane.ts'
import { buildApp } from './rest/app.ts'
import type { LogReader } from './rest/context.ts'
import type { WebServices } from './trpc/services.ts'

export interface HttpServerOptions {
  readonly controlPlane: ControlPlane
  readonly credentials: CredentialStore
  readonly settings: {
    /** A loopback address: there are no accounts of users yet, so nobody beyond this machine may reach it. */
    readonly host: string
    /** 0 takes any free one. */
    readonly port: number
    /** Where people open the web app, e.g. `http://127.0.0.1:8080`: login links lead there, and its pages may use sessions. */
    readonly publicUrl?: string
  }
  readonly adminToken: string
  readonly logger: Logger
  /** The text of /metrics in Prometheus' format. */
  readonly metrics: () => Promise<string>
  readonly logs: LogReader
  readonly web: WebServices
  readonly version: string
  /** Wall clock, ms since the epoch; for tests. */
  readonly now?: () => number
}

export interface HttpServer {
  /** `http://127.0.0.1:8081` */
  readonly address: string
  readonly port: number
  /** Answers what is under way, then ends. */
  close(): Promise<void>
}

/** Serves the HTTP interface. Throws SETTING_INVALID for a host beyond loopback, PORT_IN_USE for a taken port. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { settings } = options
  if (!isLoopback(settings.host)) {
    throw new WeirError(
      'SETTING_INVALID',
      `WEIR_HOST=${settings.host} is not a loopback address: whoever reaches the HTTP interface with a token may run code ` +
        'here, and this version has no accounts of users and no TLS; use 127.0.0.1, ::1 or localhost, and an SSH tunnel from elsewhere',
    )
  }
  const now = options.now ?? Date.now
  const publicUrl = settings.publicUrl?.replace(/\/+$/, '') ?? null
  const app = await buildApp({
    controlPlane: options.controlPlane,
    access: new Access({ credentials: options.credentials, adminToken: options.adminToken, now }),
    logs: options.logs,
    metrics: options.metrics,
    version: options.version,
    logger: options.logger,
    host: settings.host,
    pageOrigins: publicUrl === null ? [] : originsOf(publicUrl),
    cookieName: `weir_session_${settings.port}`,
    publicUrl,
    web: options.web,
    cluster: () => ({
      version: options.version,
      webPort: publicUrl === null ? null : portOf(publicUrl),
      jobManagerPort: (app.server.address() as AddressInfo).port,
    }),
    now,
  })
  try {
    await app.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await app.close()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const use = { port: settings.port, variable: 'JOBMANAGER_PORT', purpose: 'the HTTP interface of the JobManager' }
    throw await portInUse(use, settings.host)
  }
  const { port } = app.server.address() as AddressInfo
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return { address: `http://${host}:${port}`, port, close: () => app.close() }
}

/** The origins of the web app: on this machine it is reached under each of the machine's own names. */
function originsOf(publicUrl: string): string[] {
  const { origin, protocol, hostname } = new URL(publicUrl)
  const port = portOf(publicUrl)
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isLoopback(bare)
    ? ['127.0.0.1', 'localhost', '[::1]', hostname].map(name => new URL(`${protocol}//${name}:${port}`).origin)
    : [origin]
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url)
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}
