import { parentPort } from 'node:worker_threads'
import { assert } from '@weir/engine/base/assert'
import { WeirError } from '@weir/engine/base/errors'
import type { SpecRegistry } from '@weir/engine/graph/operator-spec'
import { stop } from 'esbuild'
import type { SdkModules } from './job-export.ts'
import { type PrepareRequest, prepareJob } from './prepare-job.ts'
import type { FromSubmissionWorker, PrepareAnswer, ToSubmissionWorker } from './submission-messages.ts'

/** Answers the messages of a `SubmissionThread` for the life of this worker thread. */
export function serveSubmissions(sdk: SdkModules, registry: SpecRegistry, makeSdkScript: () => Promise<string>): void {
  const port = parentPort
  assert(port, 'submissions are served in a worker thread')
  const sdkExports = Object.keys(sdk.exports)
  const script = makeSdkScript()
  const ready = () => port.postMessage({ ready: true } satisfies FromSubmissionWorker)
  // A failure is told with the first job, which waits for the same promise.
  script.then(ready, ready)
  const answer = async (request: PrepareRequest): Promise<PrepareAnswer> => {
    try {
      return { ok: true, job: await prepareJob(request, { registry, sdkExports, sdkScript: await script }) }
    } catch (thrown) {
      return { ok: false, error: WeirError.from(thrown).toJson() }
    }
  }
  port.on('message', async (message: ToSubmissionWorker) => {
    if ('request' in message) {
      port.postMessage(await answer(message.request))
    } else {
      await stop()
      // Its process has been told to end; only while this thread lives does Node see to its remains.
      setTimeout(() => port.close(), 100)
    }
  })
}
