import { executionGraph, parallelismOf } from '@weir/engine/graph/execution-graph'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import { missingFeatures } from '@weir/submission/missing-features'
import { type PreparedJob, prepareJob } from '@weir/submission/prepare-job'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { checkPaths } from '../job-file/check-paths.ts'
import { localSdk } from '../job-file/local-sdk.ts'
import { readJobFile } from '../job-file/read-job-file.ts'
import { placeText } from '../output/print-error.ts'
import { table } from '../output/table.ts'
import { jsonOption, parallelismOption } from './options.ts'

interface ValidateOptions {
  readonly parallelism?: number
  readonly json?: boolean
}

export function addValidate(program: Command, context: CliContext): void {
  program
    .command('validate')
    .description('check a job without running it; needs no cluster')
    .argument('<job>', 'a .ts, .js or .json file')
    .addOption(parallelismOption())
    .addOption(jsonOption())
    .action(async (path: string, options: ValidateOptions) => {
      const file = readJobFile(path)
      const { parallelism, json } = options
      const job = await context.step(`Checking ${path}`, json === true, async () => {
        const request = {
          source: file.source,
          fileName: file.fileName,
          resolveFolder: file.folder,
          ...(parallelism === undefined ? {} : { parallelism }),
        }
        const prepared = await prepareJob(request, await localSdk())
        await checkPaths(prepared, context.settings.workdir)
        return prepared
      })
      if (json) return context.printJson(validJson(job))
      for (const line of graphLines(job.graph)) context.print(line)
      const yellow = context.errColors.yellow
      for (const warning of job.warnings) {
        context.note(`${yellow('warning:')} ${placeText(warning)} ${warning.message}`)
      }
      for (const message of missingFeatures(job.graph)) context.note(`${yellow('warning:')} ${message}`)
      for (const line of job.console) context.note(`${yellow('console:')} ${line}`)
    })
}

function validJson({ graph, graphHash, warnings }: PreparedJob): object {
  return {
    valid: true,
    graph,
    graph_hash: graphHash,
    slots_needed: executionGraph(graph).slotCount,
    warnings: [...warnings.map(warning => warning.message), ...missingFeatures(graph)],
  }
}

/** The operators with what they read from, and how many slots the job takes. */
function graphLines(graph: JobGraph): string[] {
  const nameOf = new Map(graph.nodes.map(node => [node.uid, node.name]))
  const rows = graph.nodes.map(node => [
    node.name,
    node.type,
    String(parallelismOf(graph, node)),
    graph.edges
      .filter(edge => edge.to === node.uid)
      .map(
        edge =>
          `${nameOf.get(edge.from) ?? edge.from}${edge.output === null ? '' : `.${edge.output}`} (${edge.partitioner})`,
      )
      .join(', '),
  ])
  const columns = [
    { title: 'OPERATOR' },
    { title: 'TYPE' },
    { title: 'PARALLELISM', align: 'right' },
    { title: 'READS FROM' },
  ] as const
  const slots = executionGraph(graph).slotCount
  return [`${graph.name} is valid; it needs ${slots} ${slots === 1 ? 'slot' : 'slots'}.`, '', ...table(columns, rows)]
}
