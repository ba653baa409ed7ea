import type { LogTail } from '@weir/process/log-reader'
import { pino } from 'pino'
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../src/api/http-server.ts'
import { type AppOptions, buildApp } from '../src/api/rest/app.ts'
import type { JobLogQuery } from '../src/api/rest/context.ts'
import { Access } from '../src/auth/access.ts'
import { MemoryControlPlane } from './memory-control-plane.ts'
import { MemoryCredentialStore } from './memory-credential-store.ts'
import { MemoryWebServices } from './memory-web-services.ts'

export const ADMIN_TOKEN = 'an-admin-token-for-tests-alone'

/** The parts behind the API, in memory, with a clock that a test can set. */
export class ApiParts {
  nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
  readonly now = (): number => this.nowMs
  readonly controlPlane = new MemoryControlPlane(this.now)
  readonly credentials = new MemoryCredentialStore()
  readonly access = new Access({ credentials: this.credentials, adminToken: ADMIN_TOKEN, now: this.now })
  readonly logged: string[] = []
  readonly logger = pino({ level: 'warn' }, { write: (line: string) => void this.logged.push(line) })
  readonly logQueries: JobLogQuery[] = []
  logTail: LogTail = { lines: [], cursor: 'the-end' }
  readonly logs = {
    read: async (query: JobLogQuery): Promise<LogTail> => {
      this.logQueries.push(query)
      return this.logTail
    },
  }

  readonly web = new MemoryWebServices(this.controlPlane)

  app(overrides: Partial<AppOptions> = {}) {
    return buildApp({
      controlPlane: this.controlPlane,
      access: this.access,
      logs: this.logs,
      metrics: async () => '# HELP up up\nup 1\n',
      version: '0.1.0',
      cookieName: 'weir_session_8081',
      publicUrl: null,
      now: this.now,
      logger: this.logger,
      host: '127.0.0.1',
      pageOrigins: [],
      web: this.web,
      cluster: () => ({ version: '0.1.0', webPort: 8080, jobManagerPort: 8081 }),
      ...overrides,
    })
  }

  listen(settings: Partial<HttpServerOptions['settings']> = {}): Promise<HttpServer> {
    return startHttpServer({
      controlPlane: this.controlPlane,
      credentials: this.credentials,
      settings: { host: '127.0.0.1', port: 0, ...settings },
      adminToken: ADMIN_TOKEN,
      logger: this.logger,
      metrics: async () => '# HELP up up\nup 1\n',
      logs: this.logs,
      web: this.web,
      version: '0.1.0',
      now: this.now,
    })
  }
}

export const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` }

/** A multipart body with its header, as a client would send it. */
export async function multipart(
  file: { name: string; content: string | Uint8Array<ArrayBuffer>; field?: string } | null,
  fields: Record<string, string> = {},
): Promise<{ headers: { 'content-type': string }; payload: Buffer }> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file !== null) form.append(file.field ?? 'job_file', new Blob([file.content]), file.name)
  const request = new Request('http://localhost/', { method: 'POST', body: form })
  return {
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  }
}
