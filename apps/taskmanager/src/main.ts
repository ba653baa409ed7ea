import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { WeirError } from '@weir/engine/base/errors'
import { workerEntry } from '@weir/engine/base/worker-entry'
import type { ChannelSettings } from '@weir/engine/network/channel'
import { clusterSecret } from '@weir/process/credentials'
import { endWithParent } from '@weir/process/end-with-parent'
import { type Logger, openLog, warnOfSettingsWithoutEffect } from '@weir/process/logging'
import { newMetricsRegistry, startMetricsServer } from '@weir/process/metrics-server'
import { portInUse } from '@weir/process/ports'
import { readSettings } from '@weir/process/settings'
import { onShutdown, shutDown, shutDownOnSignals } from '@weir/process/shutdown'
import { failToStart, reportReady } from '@weir/process/supervision'
import { checkNodeVersion, checkSystemLibraries } from '@weir/process/system-check'
import type { RocksStoreOptions } from '@weir/state-host/rocks-store'
import { StateHost } from '@weir/state-host/state-host'
import { serveTaskManager, type TaskManagerServer } from './adapters/grpc-server.ts'
import { NetworkThread } from './network/network-thread.ts'
import { JobManagerLink } from './reporting/job-manager-link.ts'
import { registerTaskMetrics } from './reporting/task-metrics.ts'
import { memoryBudget } from './slots/memory-budget.ts'
import { TaskExecutor } from './slots/task-executor.ts'

const VERSION = '0.1.0'
/** How long the report of a slot that cannot be stopped may take. */
const UNSTOPPABLE_REPORT_MS = 1000
/** Where the search for a free data port begins, above the RPC ports of an embedded cluster's TaskManagers. */
const DATA_PORT_OFFSET = 100

async function main(): Promise<void> {
  endWithParent()
  shutDownOnSignals()
  checkNodeVersion()
  // In loops that V8 optimises while they run it leaves out the checks for interrupts where the loop calls a builtin: an
  // endless one could then be ended only with the whole process.
  setFlagsFromString('--no-use-osr')
  // For a source to take the chain behind its `collect` into its loop, and a chain its operators. V8's own limit, 920, is
  // used up by the functions of a source's records alone.
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=2500')
  const settings = readSettings(process.env)
  const id = settings.taskManagerId
  const log = openLog(settings, { process: id })
  onShutdown(() => log.close())
  const { logger } = log
  warnOfSettingsWithoutEffect(logger, settings)
  const secret = clusterSecret(settings)
  const budget = memoryBudget(settings)
  logger.info(budget, `memory of this TaskManager: ${budget.text}`)

  const stateFolder = join(settings.home, 'taskmanagers', id, 'state')
  const { stateHost: hostBudget, stateMbPerSlot } = budget
  const stateHost =
    hostBudget === undefined
      ? undefined
      : await startStateHost({ folder: stateFolder, ...hostBudget }, logger, () => void shutDown('failed'))
  onShutdown(() => stateHost?.stop())

  const channelSettings: ChannelSettings = {
    bufferSize: settings.bufferSizeBytes,
    channelBuffers: settings.channelBuffers,
    recordCredit: settings.creditInitial,
    maxRecordBytes: settings.maxRecordSizeBytes,
    maxOverdraftBytes: settings.overdraftSizeBytes,
    maxBatchRecords: 512,
  }
  let executor: TaskExecutor | undefined
  const network = await NetworkThread.start(workerEntry(import.meta.url, './network/network-worker.ts'), {
    taskManagerId: id,
    host: settings.host,
    port: settings.taskManagerRpcPort + DATA_PORT_OFFSET,
    bufferSize: settings.bufferSizeBytes,
    onAttemptFailed: (jobId, attempt, error) => executor?.onNetworkFailure(jobId, attempt, error),
    onLog: (level, message) => logger[level](message),
    onCrash: error => {
      logger.error({ err: error }, 'the network thread crashed')
      void shutDown('failed')
    },
  })
  onShutdown(() => network.stop())

  const tasks = new TaskExecutor({
    taskManagerId: id,
    slots: settings.taskSlots,
    buffersPerSlot: Math.floor(budget.buffers / settings.taskSlots),
    heapMbPerSlot: budget.heapMbPerSlot,
    memorySizeMb: settings.memorySizeMb,
    state:
      stateHost === undefined || stateMbPerSlot === undefined
        ? undefined
        : { host: stateHost, roomBytes: stateMbPerSlot * 1024 * 1024 },
    settings: channelSettings,
    watermarkIntervalMs: settings.watermarkIntervalMs,
    network,
    slotWorker: workerEntry(import.meta.url, './slots/slot-worker.ts'),
    folder: join(settings.home, 'taskmanagers', id, 'jobs'),
    logger,
    report: event => link.report(event),
    onUnstoppable: error => {
      logger.error({ err: error }, 'a slot cannot be stopped: this TaskManager ends, and is started anew')
      // Time for the report to arrive, so that the job that did this fails and the others are restarted.
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), UNSTOPPABLE_REPORT_MS)
    },
    publishRows: (jobId, attempt, operator, subtask, rows) =>
      link.publishRows({ jobId, attempt, operator, subtask, rows: Buffer.from(JSON.stringify(rows)) }),
  })
  executor = tasks
  onShutdown(() => tasks.shutDown(1500))

  const server = await serve(settings.host, settings.taskManagerRpcPort, secret, tasks)
  onShutdown(() => server.close())
  const registry = newMetricsRegistry()
  registerTaskMetrics(registry, () => tasks.metricsToScrape())
  const metrics = await startMetricsServer({
    host: settings.host,
    port: settings.metricsPort,
    variable: 'METRICS_PORT',
    register: registry,
  })
  onShutdown(() => metrics.close())

  let ready = false
  let cpu = process.cpuUsage()
  let cpuAt = performance.now()
  let loop = performance.eventLoopUtilization()
  const link = new JobManagerLink({
    addresses: settings.jobManagerAddresses,
    secret,
    logger,
    registration: {
      taskManagerId: id,
      host: settings.host,
      rpcPort: server.port,
      dataPort: network.port,
      metricsPort: metrics.port,
      slots: settings.taskSlots,
      pid: process.pid,
      version: VERSION,
      memoryBytes: settings.memorySizeMb * 1024 * 1024,
    },
    beat: () => {
      const now = performance.now()
      const used = process.cpuUsage(cpu)
      const share = (used.user + used.system) / 1000 / Math.max(now - cpuAt, 1)
      cpu = process.cpuUsage()
      cpuAt = now
      const before = loop
      loop = performance.eventLoopUtilization()
      return {
        cpu: share,
        memoryUsedBytes: process.memoryUsage.rss(),
        eventLoopUtilization: performance.eventLoopUtilization(loop, before).utilization,
      }
    },
    metrics: () => tasks.metrics(),
    attempts: () => tasks.attempts(),
    onDrop: reason => {
      logger.warn(`everything that runs here ends: ${reason}`)
      tasks.dropAll()
    },
    onRegistered: response => {
      logger.info({ leaderEpoch: response.leaderEpoch }, 'registered with the JobManager')
      if (ready) return
      ready = true
      reportReady({
        addresses: {
          rpc: `${settings.host}:${server.port}`,
          data: `${settings.host}:${network.port}`,
          metrics: metrics.url,
        },
        facts: { slots: settings.taskSlots, pid: process.pid },
      })
    },
  })
  onShutdown(() => link.close())
  link.start()
}

/** The thread that owns the state on disk. Left-overs of an earlier process are removed when it opens its database. */
async function startStateHost(options: RocksStoreOptions, logger: Logger, onCrash: () => void): Promise<StateHost> {
  await checkSystemLibraries()
  return new StateHost({
    ...options,
    onLog: (level, message) => logger[level](message),
    onCrash: error => {
      logger.error({ err: error }, 'the state-host thread crashed')
      onCrash()
    },
  })
}

async function serve(host: string, port: number, secret: string, tasks: TaskExecutor): Promise<TaskManagerServer> {
  try {
    return await serveTaskManager(host, port, secret, tasks)
  } catch (error) {
    if (error instanceof Error && error.message.includes('EADDRINUSE')) {
      throw await portInUse({ port, variable: 'TASKMANAGER_RPC_PORT', purpose: 'the TaskManager' }, host)
    }
    throw WeirError.from(error)
  }
}

main().catch(failToStart)
