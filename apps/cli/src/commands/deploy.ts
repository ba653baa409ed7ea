import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WeirError } from '@weir/engine/base/errors'
import type { Command } from 'commander'
import { ENDED, type JobStatus } from '../client/api-bodies.ts'
import type { ApiClient } from '../client/api-client.ts'
import type { CliContext } from '../context.ts'
import { InterruptedError } from '../exit-codes.ts'
import { bundleForUpload, type Upload } from '../job-file/bundle-for-upload.ts'
import { type JobFileText, readJobFile } from '../job-file/read-job-file.ts'
import { statusText } from '../output/texts.ts'
import { jsonOption, parallelismOption } from './options.ts'

const POLL_INTERVAL_MS = 300

interface DeployOptions {
  readonly name?: string
  readonly parallelism?: number
  readonly wait?: boolean
  readonly json?: boolean
}

export function addDeploy(program: Command, context: CliContext): void {
  program
    .command('deploy')
    .description('submit a job to the cluster')
    .argument('<job>', 'a .ts, .js or .json file; what it imports of its project is bundled into it')
    .option('--name <name>', "instead of the job's own name")
    .addOption(parallelismOption())
    .option('--wait', 'wait until the job has ended; exit code 1 when it failed or was cancelled')
    .addOption(jsonOption())
    .action((path: string, options: DeployOptions) => deploy(readJobFile(path), options, context))
}

async function deploy(file: JobFileText, options: DeployOptions, context: CliContext): Promise<void> {
  const quiet = options.json === true
  const client = context.client()
  const upload = await context.step(`Bundling ${file.shownPath}`, quiet, () => bundled(file))
  const answer = await context.step('Submitting it', quiet, note => {
    note('bundle, check and start')
    const { fileName, content } = upload
    const { name, parallelism } = options
    const job = {
      fileName,
      content,
      ...(name === undefined ? {} : { name }),
      ...(parallelism === undefined ? {} : { parallelism }),
    }
    return client.submit(job, randomUUID())
  })
  if (!quiet) await sayNotices(answer.job_id, client, context)
  if (options.wait !== true) {
    if (quiet) return context.printJson(answer)
    context.print(`${answer.job_id} ${statusText(answer.status, context.outColors)}`)
    return sayWhatNext(answer.job_id, answer.status, client, context)
  }
  if (!quiet) context.note(answer.job_id)
  const end = await context.step('Running it', quiet, async note => {
    const status = await untilEnded(answer.job_id, client, context.weir, text => note(context.errText(text)))
    if (!quiet && status.status !== 'FINISHED') throw failureOf(status)
    return status
  })
  if (!quiet) return context.print(`${end.job_id} ${statusText(end.status, context.outColors)}`)
  context.printJson(end)
  if (end.status !== 'FINISHED') throw failureOf(end)
}

async function bundled(file: JobFileText): Promise<Upload> {
  const { sdkModules } = await import('@weir/submission/sdk-modules')
  return bundleForUpload(file, Object.keys(sdkModules.exports))
}

/** What the cluster has to say about the job at its start: what it asks for and does not get. */
async function sayNotices(id: string, client: ApiClient, context: CliContext): Promise<void> {
  for (const { type, message } of await client.jobHistory(id)) {
    if (type === 'NOTICE' || type === 'WARNING')
      context.note(`${context.errColors.yellow('warning:')} ${context.errText(message)}`)
  }
}

async function sayWhatNext(id: string, status: string, client: ApiClient, context: CliContext): Promise<void> {
  const dim = context.errColors.dim
  const { reason, error } = await client.jobStatus(id)
  if (status === 'CREATED' && reason !== null) context.note(`It waits: ${context.errText(reason)}.`)
  if (error !== null) context.note(`${context.errColors.red('error:')} ${context.errText(error.message)}`)
  const { weir } = context
  context.note(dim(`${weir} status ${id} · ${weir} logs ${id} -f · ${weir} cancel ${id}`))
}

async function untilEnded(
  id: string,
  client: ApiClient,
  weir: string,
  note: (text: string) => void,
): Promise<JobStatus> {
  for (;;) {
    try {
      const status = await client.jobStatus(id)
      if (ENDED.includes(status.status)) return status
      const restarting = status.restarting ? ' (restarting)' : ''
      note(`${status.status}${restarting}${status.reason === null ? '' : `: ${status.reason}`}`)
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error
      throw new InterruptedError(`no longer waiting; job ${id} goes on: "${weir} cancel ${id}" ends it`)
    }
    await sleep(POLL_INTERVAL_MS)
  }
}

function failureOf(job: JobStatus): WeirError {
  const { error } = job
  if (job.status === 'CANCELED') return new WeirError('CONFLICT', `job ${job.job_id} was cancelled`)
  if (error === null) return new WeirError('INTERNAL', `job ${job.job_id} is ${job.status} without a reason`)
  const place = {
    ...(error.operator === null ? {} : { operator: error.operator }),
    ...(error.subtask === null ? {} : { subtask: error.subtask }),
  }
  return new WeirError('USER_FUNCTION', `job ${job.job_id} failed: ${error.message}`, { place })
}
