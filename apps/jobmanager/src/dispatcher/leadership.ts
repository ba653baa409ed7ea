import { WeirError } from '@weir/engine/base/errors'
import type { TimerHandle, Timers } from '@weir/engine/base/platform'
import type { Logger } from '@weir/process/logging'
import type { LeaseStore } from '../store/meta-store.ts'

export interface LeadershipParts {
  readonly leases: LeaseStore
  readonly holder: string
  /** host:port of this JobManager's gRPC, for those that look for the leader. */
  readonly address: string
  readonly timers: Timers
  readonly logger: Logger
  /** Another one leads; told again whenever it changes. */
  readonly onFollow: (leaderAddress: string | null) => void
  /** Another one has taken the lease over: this process has to end. */
  readonly onFenced: (error: WeirError) => void
}

export const LEASE_TTL_MS = 10_000
const RENEW_MS = 2_000
const ASK_MS = 1_000

/**
 * Takes the lease and keeps it. A database that does not answer does not end the leadership: nobody else can take the
 * lease without it either, running jobs go on, and everything durable is refused by the database under an older epoch.
 */
export class Leadership {
  readonly #parts: LeadershipParts
  #epoch: number | null = null
  #timer: TimerHandle | null = null
  #ended = false

  constructor(parts: LeadershipParts) {
    this.#parts = parts
  }

  /** The epoch under which this process leads. Throws NOT_LEADER before. */
  get epoch(): number {
    if (this.#epoch === null) throw new WeirError('NOT_LEADER', 'this JobManager is a standby: ask the one that leads')
    return this.#epoch
  }

  /** Resolves to the epoch when this process leads, however long that takes. */
  async acquire(): Promise<number> {
    const { leases, holder, address, logger, onFollow } = this.#parts
    let followed: string | null | undefined
    while (!this.#ended) {
      try {
        const answer = await leases.acquireLease({ holder, address, ttlMs: LEASE_TTL_MS })
        if (answer.acquired) {
          this.#epoch = answer.epoch
          logger.info({ epoch: answer.epoch }, `this JobManager leads with epoch ${answer.epoch}`)
          this.#renewLater()
          return answer.epoch
        }
        if (answer.address !== followed) logger.info(`a standby: ${answer.holder} leads with epoch ${answer.epoch}`)
        followed = answer.address
        onFollow(answer.address)
      } catch (thrown) {
        const error = WeirError.from(thrown)
        if (error.code !== 'DATABASE') throw error
        logger.warn({ err: error }, `the lease cannot be asked for: ${error.message}`)
      }
      await new Promise<void>(resolve => {
        this.#timer = this.#parts.timers.after(ASK_MS, resolve)
      })
    }
    throw new WeirError('NOT_LEADER', 'this JobManager is shutting down')
  }

  /** Gives the lease back, so that a standby need not wait for its end. */
  async release(): Promise<void> {
    this.#ended = true
    this.#timer?.cancel()
    if (this.#epoch !== null) await this.#parts.leases.releaseLease(this.#parts.holder, this.#epoch)
  }

  #renewLater(): void {
    this.#timer = this.#parts.timers.after(RENEW_MS, () => void this.#renew())
  }

  async #renew(): Promise<void> {
    const { leases, holder, logger, onFenced } = this.#parts
    try {
      await leases.renewLease(holder, this.epoch)
    } catch (thrown) {
      const error = WeirError.from(thrown)
      if (this.#ended) return
      if (error.code === 'FENCED') {
        onFenced(error)
        return
      }
      logger.warn({ err: error }, `the lease is not renewed and will be tried again: ${error.message}`)
    }
    if (!this.#ended) this.#renewLater()
  }
}
