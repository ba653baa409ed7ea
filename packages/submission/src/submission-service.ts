import { parentPort } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import type { SpecRegistry } from '@weir/engine/graph/operator-spec'
import type { SdkModules } from './job-export.ts'
import { prepareJob } from './prepare-job.ts'
import type { FromSubmissionWorker, PrepareAnswer, PrepareMessage } from './submission-messages.ts'

/** Answers the messages of a `SubmissionThread` for the life of this worker thread. */
export function serveSubmissions(sdk: SdkModules, registry: SpecRegistry, makeSdkScript: () => Promise<string>): void {
  const port = parentPort
  assert(port, 'submissions are served in a worker thread')
  const sdkExports = Object.keys(sdk.exports)
  const script = makeSdkScript()
  const ready = () => port.postMessage({ ready: true } satisfies FromSubmissionWorker)
  // A failure is told with the first job, which waits for the same promise.
  script.then(ready, ready)
  const answer = async ({ request }: PrepareMessage): Promise<PrepareAnswer> => {
    try {
      return { ok: true, job: await prepareJob(request, { registry, sdkExports, sdkScript: await script }) }
    } catch (thrown) {
      return { ok: false, error: WeirError.from(thrown).toJson() }
    }
  }
  port.on('message', async (message: PrepareMessage) => port.postMessage(await answer(message)))
}
