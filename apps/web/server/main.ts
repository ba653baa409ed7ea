/**
 * The process of the web app: Next's request handler on loopback, for the supervisor of `npm start`. It owns no data and
 * has no secret; proxy.ts passes what is meant for the JobManager on to it.
 */
import { fileURLToPath } from 'node:url'
import { endWithParent } from '@weir/process/end-with-parent'
import { openLog } from '@weir/process/logging'
import { readSettings } from '@weir/process/settings'
import { onShutdown, shutDown, shutDownOnSignals } from '@weir/process/shutdown'
import { failToStart, reportProgress, reportReady } from '@weir/process/supervision'
import { checkNodeVersion } from '@weir/process/system-check'
import { startWebServer } from './web-server.ts'

/** This file is built to `dist/`, beside Next's own output. */
const APP_FOLDER = fileURLToPath(new URL('..', import.meta.url))

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const log = openLog(settings, { process: 'web' })
  onShutdown(() => log.close())
  const { logger } = log
  process.on('uncaughtException', error => {
    logger.fatal({ err: error }, `the web server ends after an unexpected error: ${error.message}`)
    void shutDown('failed')
  })
  // The proxy reads where the JobManager is from here, and Next and React choose their production code by NODE_ENV when
  // they are loaded.
  Object.assign(process.env, {
    WEIR_HOST: settings.host,
    JOBMANAGER_PORT: String(settings.jobManagerPort),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  })
  reportProgress('loading the web app')
  const { default: next } = await import('next')
  const app = next({ dev: false, dir: APP_FOLDER, hostname: settings.host, port: settings.webPort, quiet: true })
  await app.prepare()
  const handle = app.getRequestHandler()
  const server = await startWebServer({
    host: settings.host,
    port: settings.webPort,
    names: settings.publicUrl === null ? [] : [new URL(settings.publicUrl).hostname],
    handler: (request, response) => handle(request, response),
    failed: (error, request) => {
      // Without the query: that of a login link is a secret.
      const [path] = (request.url ?? '').split('?', 1)
      logger.error({ err: error, path }, 'a page could not be answered')
    },
  })
  onShutdown(() => server.close())
  logger.info({ http: server.address }, `serving at ${server.address}`)
  reportReady({ addresses: { http: server.address } })
}

endWithParent()
shutDownOnSignals()
try {
  checkNodeVersion()
  await main()
} catch (thrown) {
  await failToStart(thrown)
}
