import { pathToFileURL } from 'node:url'
import { WeirError } from '@weir/engine/base/errors'
import { mapStack, SourcePositions } from './map-stack.ts'

export interface BundleFile {
  /** Absolute path of the bundle. */
  readonly file: string
  readonly sourceMap?: string
}

/**
 * An error that user code threw, as a WeirError whose stack and place are in the user's own files. An error that has a
 * code already keeps it.
 */
export function mapError(thrown: unknown, bundle: BundleFile, code: 'JOB_EVALUATION' | 'USER_FUNCTION'): WeirError {
  const error = WeirError.from(thrown, code)
  if (error.stack === undefined || !bundle.sourceMap) return error
  const url = pathToFileURL(bundle.file).href
  const mapped = mapStack(error.stack, new SourcePositions(bundle.sourceMap), file => file.split('?')[0] === url)
  const mappedError = new WeirError(error.code, error.message, {
    cause: error.cause,
    place: { ...mapped.place, ...error.place },
    problems: error.problems,
  })
  mappedError.stack = mapped.stack
  return mappedError
}
