import type { WeirErrorJson } from '@weir/engine/base/errors'

/**
 * What passes between a sandbox and its host: texts alone. The host never touches an object of the guest, so nothing
 * that the job does to its own globals or prototypes reaches the host.
 */

/** File names of the guest's two scripts in its stack traces. */
export const SDK_FILE = 'sdk.js'
export const JOB_FILE = 'job.js'

/** Global of the guest: `(namespace | undefined) => string`, the JSON of a `GuestAnswer`. */
export const READ_JOB = Symbol.for('weir.sandbox.read')

/** Global of the host, there before anything runs: `(level, line) => void`. */
export const WRITE_LINE = Symbol.for('weir.sandbox.write')

export type GuestAnswer =
  /**
   * `graph` is JSON in JSON: it is parsed once it is known to be the answer, under a limit of its own. `stacks` are those
   * of the calls that described the graph's nodes, in their order; empty where that is not known.
   */
  | { readonly ok: true; readonly graph: string; readonly stacks: readonly string[] }
  | { readonly ok: false; readonly error: WeirErrorJson }
