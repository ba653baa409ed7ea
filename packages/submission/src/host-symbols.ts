/**
 * The names under which a job's bundle finds what surrounds it, in the sandbox and in a slot alike. A bundle never
 * carries the SDK: its imports read `globalThis[SDK]`, so one bundle runs against whatever copy the process holds.
 */

/** All exports of `@weir/sdk`. */
export const SDK = Symbol.for('weir.sdk')

/** `SdkInternals`: what generated modules (JSON jobs) call. */
export const SDK_INTERNAL = Symbol.for('weir.sdk.internal')

/** `JobHost`: what `execute()` calls while a bundle is evaluated for its graph. */
export const HOST = Symbol.for('weir.host')

export interface JobHost {
  /** The environment whose `execute()` was called. The promise that `execute()` gives never settles here. */
  onExecute(environment: unknown): void
  /** An operator was described, by the call that leads here. */
  onOperator?(operator: object): void
}
