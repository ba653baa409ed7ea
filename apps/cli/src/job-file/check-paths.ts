import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { sources } from '@weir/connectors/runtime'
import { WeirError } from '@weir/engine/base/errors'
import { parallelismOf } from '@weir/engine/graph/execution-graph'
import type { JobNode } from '@weir/engine/graph/job-graph'
import type { PreparedJob } from '@weir/submission/prepare-job'
import { placedError } from '@weir/submission/problems'

type CheckedJob = Pick<PreparedJob, 'graph' | 'places'>

/**
 * Looks whether the input of a job is there and its output can be written, on this machine and by this user. Throws
 * FILE_ACCESS and what else a source says, with the operator and its line.
 */
export async function checkPaths({ graph, places }: CheckedJob, workdir: string): Promise<void> {
  for (const node of graph.nodes) {
    const source = sources.get(node.type)
    try {
      // A source lists its input as it will when the job runs.
      await source?.discoverSplits(node.config, { parallelism: parallelismOf(graph, node), workdir })
      if (node.type === 'fileSink') await requireWritable(resolve(workdir, String(node.config.path)))
    } catch (thrown) {
      throw placedError(inOperator(node, WeirError.from(thrown)), places)
    }
  }
}

/** The folder is made when the job starts: the nearest one that exists has to allow it. */
async function requireWritable(path: string): Promise<void> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw cannotWrite(path, error.code === 'ENOTDIR' ? 'a part of the path is a file' : error.message)
    })
    if (found === null) continue
    if (!found.isDirectory()) throw cannotWrite(path, `${folder} is a file, and a folder is needed there`)
    await access(folder, constants.W_OK | constants.X_OK).catch(() => {
      throw cannotWrite(path, `you may not write in ${folder}`)
    })
    return
  }
}

function cannotWrite(path: string, why: string): WeirError {
  return new WeirError('FILE_ACCESS', `cannot write to ${path}: ${why}; use another path, or change its rights`)
}

function inOperator(node: JobNode, error: WeirError): WeirError {
  const who = node.name === node.type ? node.name : `${node.name} (${node.type})`
  return new WeirError(error.code, `operator ${who}: ${error.message}`, {
    place: { operator: node.uid },
    problems: error.problems,
    cause: error,
  })
}
