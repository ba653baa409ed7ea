// Worker entry for tests: evaluates a bundle as a slot does, calls one of its functions and reports what that throws.
import { parentPort, workerData } from 'node:worker_threads'
import { evaluateBundle } from '../evaluate-bundle.ts'
import { mapError } from '../map-error.ts'
import { tinySdk } from './tiny-sdk.ts'

const { file, sourceMap, graphHash, uid } = workerData as Record<'file' | 'sourceMap' | 'graphHash' | 'uid', string>

async function failure(): Promise<unknown> {
  try {
    const { functions } = await evaluateBundle({ file, sourceMap, graphHash, instance: 3 }, tinySdk)
    const fn = functions.get(uid)?.fn as (value: number) => unknown
    return `it gave ${fn(4)}`
  } catch (thrown) {
    return mapError(thrown, { file, sourceMap }, 'USER_FUNCTION').toJson()
  }
}

parentPort?.postMessage(await failure())
