import { WeirError } from '@weir/engine/base/errors'
import { bundleJob } from '@weir/submission/bundle'
import type { JobFile } from '../client/api-client.ts'
import type { JobFileText } from './read-job-file.ts'

export interface Upload extends JobFile {
  /** Whether other files of the project or packages were taken in. */
  readonly bundled: boolean
}

/**
 * What is sent of a job: the file as it stands when it imports `@weir/sdk` alone; otherwise one JavaScript module with
 * all that it imports, and a source map, so that the cluster names places in the user's own files. Throws JOB_SYNTAX
 * or JOB_IMPORT with places.
 */
export async function bundleForUpload(file: JobFileText, sdkExports: readonly string[]): Promise<Upload> {
  const asItIs = { fileName: file.fileName, content: file.source, bundled: false }
  if (file.kind === 'json') return asItIs
  const request = { source: file.source, fileName: file.fileName, kind: file.kind, sdkExports }
  try {
    await bundleJob(request)
    return asItIs
  } catch (error) {
    if (!(error instanceof WeirError) || error.code !== 'JOB_IMPORT') throw error
  }
  const bundle = await bundleJob({ ...request, resolveFolder: file.folder })
  const map = Buffer.from(bundle.sourceMap).toString('base64')
  return {
    fileName: file.fileName.replace(/\.\w+$/, '.js'),
    content: `${bundle.code}\n//# sourceMappingURL=data:application/json;base64,${map}\n`,
    bundled: true,
  }
}
