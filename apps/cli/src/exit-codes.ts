import { WeirError } from '@weir/engine/base/errors'
import { CommanderError } from 'commander'

/** What the exit code of `weir` says. */
export const EXIT = {
  good: 0,
  /** The job or the request failed. */
  failed: 1,
  /** The command, an option, a setting or the file that was given is wrong. */
  usage: 2,
  /** No cluster answers. */
  notReachable: 3,
  /** The cluster refuses the token, or the token may not do this. */
  notAllowed: 4,
  /** Ended by Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const

/** A mistake in how the command was called. */
export class UsageError extends Error {}

/** No cluster answers at its address. */
export class NotReachableError extends Error {}

/** The person pressed Ctrl-C, and what was under way has been stopped. */
export class InterruptedError extends Error {
  /** Nothing more has to be said about it. */
  readonly isTold: boolean

  constructor(message: string, { isTold = false }: { isTold?: boolean } = {}) {
    super(message)
    this.isTold = isTold
  }
}

export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.good : EXIT.usage
  if (thrown instanceof UsageError) return EXIT.usage
  if (thrown instanceof NotReachableError) return EXIT.notReachable
  if (thrown instanceof InterruptedError) return EXIT.interrupted
  if (thrown instanceof WeirError) {
    if (thrown.code === 'UNAUTHENTICATED' || thrown.code === 'FORBIDDEN') return EXIT.notAllowed
    if (thrown.code === 'SETTING_INVALID') return EXIT.usage
  }
  return EXIT.failed
}
