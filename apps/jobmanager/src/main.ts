/** The JobManager: opens the database, takes the lead, serves TaskManagers over gRPC and people over HTTP. */
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
import { ExpiredCredentials } from './auth/expired-credentials.ts'
import { Dispatcher } from './dispatcher/dispatcher.ts'
import { LeaderSwitch } from './dispatcher/leader-switch.ts'
import { Leadership } from './dispatcher/leadership.ts'
import { addressOf } from './dispatcher/task-manager-directory.ts'
import { ChangeFeed } from './live/change-feed.ts'
import { registerClusterMetrics } from './metrics/cluster-metrics.ts'
import { openCheckpointFolder } from './store/checkpoint-folder.ts'
import { type OpenMetaStore, openMetaStore } from './store/open-meta-store.ts'
import { ConfinedSources } from './submission/confined-sources.ts'
import { PathRules } from './submission/path-rules.ts'
import { SubmitChecks } from './submission/submit-checks.ts'
import { openWebServices } from './web-services.ts'

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
  const submission = openSubmission(settings)
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
    const dispatcher = makeDispatcher({ ...submission, settings, store, epoch, secret, logger, changes })
    await dispatcher.start()
    leaderSwitch.lead(dispatcher)
    watchExpiry(store, epoch, logger)
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
  const web = openWebServices({
    settings,
    store,
    epoch: () => leadership.epoch,
    leaderSwitch,
    ...submission,
    logs,
    changes,
    logger,
    version: VERSION,
  })
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
  onShutdown(reason => leaderSwitch.dispatcher?.stop(FLUSH_MS, reason.startsWith('SIG')))
  logger.info({ http: http.address, rpcPort: rpc.port }, `serving at ${http.address} as ${leaderSwitch.role()}`)
  reportReady({
    addresses: { http: http.address, rpc: addressOf(settings.host, rpc.port) },
    facts: { role: leaderSwitch.role(), database: settings.databaseUrl === null ? 'embedded' : 'postgresql' },
  })
  await leading
  await drawStarters(web, leaderSwitch, logger)
}

/** What a cluster without jobs shows is drawn while the browser is still being opened; who asks before has to wait. */
async function drawStarters(web: WebServices, jobs: Pick<LeaderSwitch, 'listJobs'>, logger: Logger): Promise<void> {
  try {
    if ((await jobs.listJobs()).length === 0) await web.starterTemplates()
  } catch (error) {
    logger.debug({ err: error }, 'the first templates were not drawn ahead: whoever asks for them hears why')
  }
}

function lockHome(settings: Settings): void {
  const lock = tryLockFolder(settings.home, 'jobmanager')
  if (lock === null) {
    const message = `another JobManager runs with WEIR_HOME=${settings.home}: end it, or set WEIR_HOME to another folder`
    throw new WeirError('CONFLICT', message)
  }
  onShutdown(() => lock.release())
  openCheckpointFolder(settings.home)
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

/** What stands between a job's source and its graph, for submissions and for drafts alike. */
function openSubmission(settings: Settings) {
  const { home, workdir, fileRoots } = settings
  const rules = new PathRules({ fileRoots, home, uploads: join(home, 'uploads') })
  const sources = new ConfinedSources(connectorSources, rules)
  const preparer = new SubmissionThread()
  onShutdown(() => preparer.close())
  return { preparer, sources, checks: new SubmitChecks({ sources, rules, workdir }) }
}

interface LeaderParts extends ReturnType<typeof openSubmission> {
  readonly settings: Settings
  readonly store: OpenMetaStore
  readonly epoch: number
  readonly secret: string
  readonly logger: Logger
  readonly changes: ChangeFeed
}

function makeDispatcher({ secret, changes, ...parts }: LeaderParts): Dispatcher {
  return new Dispatcher({
    ...parts,
    platform: nodePlatform,
    gatewayFor: gatewayFactory(secret),
    onFenced: error => endFenced(error, parts.logger),
    onChange: jobId => changes.emit({ jobId }),
  })
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

function watchExpiry(store: OpenMetaStore, epoch: number, logger: Logger): void {
  const deleteExpired = (before: number): Promise<number> => store.auth.deleteExpired(epoch, before)
  const expired = new ExpiredCredentials({ ...nodePlatform, deleteExpired, logger })
  expired.start()
  onShutdown(() => expired.stop())
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
