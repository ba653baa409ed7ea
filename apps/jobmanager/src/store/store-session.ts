import { WeirError } from '@weir/engine/base/errors'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import { databaseError } from './database-error.ts'
import type { DatabaseName } from './database-location.ts'

/** The one lease there is: whoever holds it leads the cluster. */
export const LEADER_LEASE = 'leader'

/** Bounds of one transaction. Calls wait for their turn before (see CallQueue), so these are only for a stuck database. */
const TRANSACTION_WAIT_MS_MAX = 10_000
const TRANSACTION_MS_MAX = 30_000

export type Transaction = Prisma.TransactionClient

/**
 * How every part of the store reaches the database: reads, and writes fenced by the leader's epoch. Turns whatever goes
 * wrong into a WeirError. Inside `work` only the transaction that it is given may be used: the embedded database has one
 * connection, and a query beside the transaction would wait for itself.
 */
export class StoreSession {
  readonly #prisma: PrismaClient
  readonly #database: DatabaseName

  constructor(prisma: PrismaClient, database: DatabaseName) {
    this.#prisma = prisma
    this.#database = database
  }

  read<T>(work: (db: Transaction) => Promise<T>): Promise<T> {
    return this.#translated(() => work(this.#prisma))
  }

  /** Several reads that see one moment. */
  snapshot<T>(work: (db: Transaction) => Promise<T>): Promise<T> {
    return this.#transaction(work, { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead })
  }

  /**
   * A transaction under the leader's epoch. The shared lock on the lease's row is held until the commit, so that a
   * takeover either comes after it, or is seen here: there is no moment between check and commit.
   */
  write<T>(epoch: number, work: (db: Transaction) => Promise<T>): Promise<T> {
    return this.#transaction(async db => {
      const rows = await db.$queryRaw<{ holder: string | null; epoch: bigint }[]>`
        SELECT holder, epoch FROM leases WHERE name = ${LEADER_LEASE} FOR SHARE`
      const lease = rows[0]
      if (lease === undefined || lease.holder === null || Number(lease.epoch) !== epoch) {
        throw new WeirError('FENCED', fencedMessage(epoch, lease))
      }
      return work(db)
    })
  }

  /** For the lease itself. */
  unfenced<T>(work: (db: Transaction) => Promise<T>): Promise<T> {
    return this.#transaction(work)
  }

  #transaction<T>(
    work: (db: Transaction) => Promise<T>,
    options: { isolationLevel?: Prisma.TransactionIsolationLevel } = {},
  ): Promise<T> {
    const bounds = { maxWait: TRANSACTION_WAIT_MS_MAX, timeout: TRANSACTION_MS_MAX }
    return this.#translated(() => this.#prisma.$transaction(work, { ...bounds, ...options }))
  }

  async #translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw databaseError(thrown, this.#database)
    }
  }
}

function fencedMessage(epoch: number, lease: { holder: string | null; epoch: bigint } | undefined): string {
  if (lease === undefined) return `leader epoch ${epoch} was refused: nobody has taken the lease yet`
  if (lease.holder === null) return `leader epoch ${epoch} was refused: the lease has been released`
  return `leader epoch ${epoch} was refused: ${lease.holder} leads with epoch ${lease.epoch}; this JobManager must stop`
}
