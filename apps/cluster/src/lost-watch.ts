import type { Logger } from '@weir/process/logging'
import type { SupervisedChild } from './child.ts'
import type { JobManagerClient } from './jobmanager-client.ts'

const POLL_MS = 1000

/**
 * Replaces a TaskManager that the JobManager has declared lost while its process still exists: stopped, hanging, or cut
 * off. Its slots are gone for the cluster, and it must not come back under the old incarnation.
 *
 * The answer names the process: one that was replaced already, and whose successor has not registered yet, is left alone.
 */
export class LostWatch {
  readonly #client: Pick<JobManagerClient, 'taskManagers'>
  readonly #children: ReadonlyMap<string, SupervisedChild>
  readonly #logger: Logger
  readonly #lost: (child: SupervisedChild) => void
  #timer: NodeJS.Timeout | null = null
  #stopped = false

  constructor(
    client: Pick<JobManagerClient, 'taskManagers'>,
    children: ReadonlyMap<string, SupervisedChild>,
    logger: Logger,
    lost: (child: SupervisedChild) => void,
  ) {
    this.#client = client
    this.#children = children
    this.#logger = logger
    this.#lost = lost
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS)
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #poll(): Promise<void> {
    try {
      for (const status of await this.#client.taskManagers()) {
        const child = this.#children.get(status.id)
        if (!status.isLost || child === undefined || status.pid === null || status.pid !== child.pid) continue
        if (this.#stopped) return
        this.#lost(child)
        child.replace()
      }
    } catch (error) {
      // The JobManager may be the one that is being restarted; the next poll asks again.
      this.#logger.debug({ err: error }, 'the JobManager could not be asked for lost TaskManagers')
    }
    if (!this.#stopped) this.start()
  }
}
