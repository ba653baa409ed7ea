/** The embedded cluster of `npm start`: checks the machine, starts the processes, says where everything is, and stays. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import { adminToken } from '@weir/process/credentials'
import { endWithParent } from '@weir/process/end-with-parent'
import { logFolder, openLog, warnOfSettingsWithoutEffect } from '@weir/process/logging'
import { projectFolder } from '@weir/process/project-folder'
import { readSettings } from '@weir/process/settings'
import { shownPath } from '@weir/process/shown-path'
import { onShutdown, shutDown, shutDownOnSignals } from '@weir/process/shutdown'
import { colorsFor, Steps } from '../../../scripts/steps.mjs'
import { preflight } from './preflight.ts'
import { clusterFile, Supervisor } from './supervisor.ts'
import { welcome } from './welcome.ts'

/** Longer than the supervisor's own limit, which ends in SIGKILL for what has not stopped. */
const STOP_TIMEOUT_MS = 4500
const SHUTDOWN_TIMEOUT_MS = 4800

/** What `npm start` asks before a long build: whether the ports are free, and WEIR_HOME is not another cluster's. */
const CHECK_ONLY = '--check'

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  if (process.argv.includes(CHECK_ONLY)) {
    const lock = await preflight(settings, [], () => undefined)
    lock.release()
    process.exit(0)
  }
  const steps = new Steps()
  const colors = colorsFor(process.stdout)
  const apps = join(projectFolder(), 'apps')
  const scripts = {
    jobManager: join(apps, 'jobmanager/dist/main.js'),
    taskManager: join(apps, 'taskmanager/dist/main.js'),
    web: join(apps, 'web/dist/main.js'),
  }

  await steps.run('Checking ports and folders', async note => {
    const lock = await preflight(settings, Object.values(scripts), note)
    onShutdown(() => {
      rmSync(clusterFile(settings), { force: true })
      lock.release()
    })
  })
  const log = openLog(settings, { process: 'cluster' })
  warnOfSettingsWithoutEffect(log.logger, settings)
  for (const { variable, reason } of settings.withoutEffect) {
    process.stderr.write(`${colors.yellow('!')} ${variable} is set but has no effect: ${reason}\n`)
  }

  const supervisor = new Supervisor({
    settings,
    env: process.env,
    scripts,
    adminToken: adminToken(settings),
    logger: log.logger,
    notice: line => process.stderr.write(`${colors.dim(new Date().toLocaleTimeString())} ${line}\n`),
  })
  onShutdown(() => supervisor.stop(), STOP_TIMEOUT_MS)

  await steps.run('Starting the JobManager', note => supervisor.startJobManager(note))
  const count = settings.taskManagers
  await steps.run(`Starting ${count === 1 ? 'a TaskManager' : `${count} TaskManagers`} and the web app`, note =>
    supervisor.startOthers(note),
  )
  const link = await supervisor.client.newLoginLink()
  process.stdout.write(welcome(settings, { link, logs: shownPath(logFolder(settings)), colors }))
}

shutDownOnSignals(SHUTDOWN_TIMEOUT_MS)
endWithParent()
try {
  await main()
} catch (thrown) {
  const error = WeirError.from(thrown)
  const colors = colorsFor(process.stderr)
  process.stderr.write(`\n${colors.red('error:')} ${error.message}\n`)
  if (error.code === 'INTERNAL' || error.code === 'ASSERTION')
    process.stderr.write(`${colors.dim(error.stack ?? '')}\n`)
  await shutDown('failed')
}
