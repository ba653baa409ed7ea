import type { WeirErrorJson } from '@weir/engine/base/errors'
import { WeirError } from '@weir/engine/base/errors'

/** What a process tells its supervisor over Node's IPC channel. */
export type ChildMessage =
  /** It serves: everything it listens on is open, and (a TaskManager) the JobManager knows it. */
  | { readonly type: 'ready'; readonly details: ReadyDetails }
  /** What it is doing on the way there, for the person who waits: "applying 3 migrations". */
  | { readonly type: 'progress'; readonly text: string }
  /** It cannot start, and trying again would not help; the process ends right after. */
  | { readonly type: 'failed'; readonly error: WeirErrorJson }

export interface ReadyDetails {
  /** Where it listens, by purpose: `http`, `rpc`, `data`, `metrics`; a URL or host:port. */
  readonly addresses: Readonly<Record<string, string>>
  /** Anything else worth showing or recording: incarnation, slots, database. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>
}

/** Whether a supervisor started this process. */
export function isSupervised(): boolean {
  return process.send !== undefined
}

/** Tells the supervisor, if there is one. A supervisor that has gone is noticed by `endWithParent`. */
export function tellSupervisor(message: ChildMessage): Promise<void> {
  return new Promise(resolve => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(message, undefined, undefined, () => resolve())
  })
}

export function reportReady(details: ReadyDetails): void {
  void tellSupervisor({ type: 'ready', details })
}

export function reportProgress(text: string): void {
  void tellSupervisor({ type: 'progress', text })
}

/**
 * For the last catch of a `main.ts`: tells the supervisor why this process cannot start (or prints it, where there is
 * none) and ends it with exit code 1.
 */
export async function failToStart(thrown: unknown): Promise<never> {
  const error = WeirError.from(thrown)
  if (isSupervised()) await tellSupervisor({ type: 'failed', error: error.toJson() })
  else process.stderr.write(`error: ${error.message}\n`)
  // The stack of a defect of ours is worth keeping; a user's mistake needs only the message.
  if (error.domain === 'internal') process.stderr.write(`${error.stack}\n`)
  process.exit(1)
}

export function isChildMessage(value: unknown): value is ChildMessage {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return value.type === 'ready' || value.type === 'progress' || value.type === 'failed'
}
