/** The JobManager: opens the database, takes the lead, serves TaskManagers over gRPC and people over HTTP. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { adminToken, clusterSecret } from '@weir/process/credentials'
import { endWithParent } from '@weir/process/end-with-parent'
import { tryLockFolder } from '@weir/process/folder-lock'
import { type Logger, logFolder, openLog, warnOfSettingsWithoutEffect } from '@weir/process/logging'
import { newMetricsRegistry } from '@weir/process/metrics-server'
import { nodePlatform } from '@weir/process/platform-node'
import { projectFolder } from '@weir/process/project-folder'
import { readSettings, type Settings } from '@weir/process/settings'
import { onShutdown, shutDown, shutDownOnSignals } from '@weir/process/shutdown'
import { failToStart, reportProgress, reportReady } from '@weir/process/supervision'
import { checkNodeVersion } from '@weir/process/system-check'
import { SubmissionThread } from '@weir/submission/submission-thread'
import { connectorSources } from './adapters/connector-sources.ts'
import { startRpcServer } from './adapters/grpc-server.ts'
import { gatewayFactory } from './adapters/task-manager-client.ts'
import { startHttpServer } from './api/http-server.ts'
import { LogFolderReader } from './api/log-folder-reader.ts'
import type { WebServices } from './api/trpc/services.ts'
import { credentialStoreOf } from './auth/credential-store.ts'
import { Dispatcher } from './dispatcher/dispatcher.ts'
import { LeaderSwitch } from './dispatcher/leader-switch.ts'
import { Leadership } from './dispatcher/leadership.ts'
import { addressOf } from './dispatcher/task-manager-directory.ts'
import { ChangeFeed } from './live/change-feed.ts'
import { jobManagerSources } from './live/job-manager-sources.ts'
import { LiveHub } from './live/live-hub.ts'
import { registerClusterMetrics } from './metrics/cluster-metrics.ts'
import { type OpenMetaStore, openMetaStore } from './store/open-meta-store.ts'
import { ConfinedSources } from './submission/confined-sources.ts'
import { PathRules } from './submission/path-rules.ts'
import { SubmitChecks } from './submission/submit-checks.ts'

const VERSION = '0.1.0'
/** How long writes may still take when the process ends. */
const FLUSH_MS = 1_000

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const log = openLog(settings, { process: 'jobmanager' })
  onShutdown(() => log.close())
  const { logger } = log
  process.on('uncaughtException', error => {
    logger.fatal({ err: error }, `the JobManager ends after an unexpected error: ${error.message}`)
    void shutDown('failed')
  })
  warnOfSettingsWithoutEffect(logger, settings)
  const secret = clusterSecret(settings)
  const token = adminToken(settings)

  lockHome(settings)
  reportProgress('opening the database')
  const store = await openStore(settings)
  const leaderSwitch = new LeaderSwitch()
  const changes = new ChangeFeed()
  const leadership = new Leadership({
    leases: store.leases,
    // The lock on WEIR_HOME makes sure that only one process has this name: after a crash it need not wait for itself.
    holder: `${hostname()}:${settings.home}`,
    address: addressOf(settings.host, settings.jobManagerRpcPort),
    timers: nodePlatform.timers,
    logger,
    onFollow: address => leaderSwitch.follow(address),
    onFenced: error => endFenced(error, logger),
  })
  onShutdown(() => leadership.release())

  const lead = async (epoch: number): Promise<void> => {
    const dispatcher = makeDispatcher(settings, store, epoch, secret, logger, changes)
    await dispatcher.start()
    leaderSwitch.lead(dispatcher)
  }
  reportProgress('looking for unfinished jobs')
  const leading = leadership.acquire().then(lead)
  // A standby opens its servers as soon as it knows that it is one.
  await Promise.race([leading, leaderSwitch.followed])

  const rpc = await startRpcServer({
    host: settings.host,
    port: settings.jobManagerRpcPort,
    secret,
    calls: leaderSwitch,
  })
  onShutdown(() => rpc.close())
  const logs = new LogFolderReader(logFolder(settings))
  const live = new LiveHub({
    sources: jobManagerSources({
      documents: notThere('live documents'),
      dispatcher: () => leaderSwitch.dispatcher,
      logs,
      changes,
    }),
    platform: nodePlatform,
    incarnation: randomBytes(6).toString('hex'),
    onFault: (topic, error) =>
      logger.warn({ err: error, topic }, `${topic} cannot be shown at the moment: ${error.message}`),
  })
  const web: WebServices = {
    drafts: notThere('drafts'),
    jobs: notThere('pages of jobs'),
    live,
    templates: () => Promise.reject(new WeirError('UNSUPPORTED', 'templates are not there yet')),
  }
  const http = await startHttpServer({
    controlPlane: leaderSwitch,
    credentials: credentialStoreOf({ ...store.auth, ...store.cluster }, () => leadership.epoch),
    settings: {
      host: settings.host,
      port: settings.jobManagerPort,
      ...(settings.publicUrl === null ? {} : { publicUrl: settings.publicUrl }),
    },
    adminToken: token,
    logger,
    metrics: metricsOf(leaderSwitch),
    logs,
    web,
    version: VERSION,
  })
  onShutdown(() => http.close(), FLUSH_MS)
  // The last one registered runs first: the end of the cluster's other processes must not be taken for a failure.
  onShutdown(() => leaderSwitch.dispatcher?.stop(FLUSH_MS))
  logger.info({ http: http.address, rpcPort: rpc.port }, `serving at ${http.address} as ${leaderSwitch.role()}`)
  reportReady({
    addresses: { http: http.address, rpc: addressOf(settings.host, rpc.port) },
    facts: { role: leaderSwitch.role(), database: settings.databaseUrl === null ? 'embedded' : 'postgresql' },
  })
  await leading
}

function lockHome(settings: Settings): void {
  const lock = tryLockFolder(settings.home, 'jobmanager')
  if (lock === null) {
    const message = `another JobManager runs with WEIR_HOME=${settings.home}: end it, or set WEIR_HOME to another folder`
    throw new WeirError('CONFLICT', message)
  }
  onShutdown(() => lock.release())
}

async function openStore(settings: Settings): Promise<OpenMetaStore> {
  const store = await openMetaStore({
    dataFolder: join(settings.home, 'database'),
    migrationsFolder: join(projectFolder(), 'prisma/migrations'),
    ...(settings.databaseUrl === null ? {} : { databaseUrl: settings.databaseUrl }),
  })
  onShutdown(() => store.close())
  return store
}

function makeDispatcher(
  settings: Settings,
  store: OpenMetaStore,
  epoch: number,
  secret: string,
  logger: Logger,
  changes: ChangeFeed,
): Dispatcher {
  const { home, workdir, fileRoots } = settings
  const rules = new PathRules({ fileRoots, home, uploads: join(home, 'uploads') })
  const sources = new ConfinedSources(connectorSources, rules)
  const preparer = new SubmissionThread()
  onShutdown(() => preparer.close())
  return new Dispatcher({
    store,
    epoch,
    settings,
    platform: nodePlatform,
    logger,
    preparer,
    sources,
    checks: new SubmitChecks({ sources, rules, workdir }),
    gatewayFor: gatewayFactory(secret),
    onFenced: error => endFenced(error, logger),
    onChange: jobId => changes.emit({ jobId }),
  })
}

/** A part that this version does not have: whatever it is asked is refused. */
function notThere<Part extends object>(what: string): Part {
  const refuse = async (): Promise<never> => {
    throw new WeirError('UNSUPPORTED', `${what} are not there yet`)
  }
  return new Proxy({} as Part, { get: () => refuse })
}

function metricsOf(leaderSwitch: LeaderSwitch): () => Promise<string> {
  const registry = newMetricsRegistry()
  registerClusterMetrics(registry, {
    cluster: () => leaderSwitch.dispatcher?.clusterMetrics() ?? null,
    jobs: () => leaderSwitch.dispatcher?.jobs() ?? [],
    liveJobs: () => leaderSwitch.dispatcher?.liveJobs() ?? [],
  })
  return () => registry.metrics()
}

/** Another JobManager leads. Whatever this one still did would be refused, or worse, not. */
function endFenced(error: WeirError, logger: Logger): void {
  logger.fatal({ err: error }, `this JobManager ends: ${error.message}`)
  void shutDown('failed')
}

endWithParent()
shutDownOnSignals()
try {
  checkNodeVersion()
  await main()
} catch (thrown) {
  await failToStart(thrown)
}
