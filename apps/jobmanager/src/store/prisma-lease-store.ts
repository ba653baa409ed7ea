import { WeirError } from '@weir/engine/base/errors'
import type { Clock } from '@weir/engine/base/platform'
import { fromBigInt, fromTime, toTime } from './conversions.ts'
import { LeaseWatch } from './lease-watch.ts'
import type { LeaseStore } from './meta-store.ts'
import type { LeaseAnswer, LeaseRecord, LeaseRequest } from './records.ts'
import { LEADER_LEASE, type StoreSession } from './store-session.ts'

/** The leader's lease, one row. Its lock serialises takeovers, and keeps them behind the commits of the old leader. */
export class PrismaLeaseStore implements LeaseStore {
  readonly #session: StoreSession
  readonly #clock: Clock
  readonly #watch = new LeaseWatch()

  constructor(session: StoreSession, clock: Clock) {
    this.#session = session
    this.#clock = clock
  }

  acquireLease(request: LeaseRequest): Promise<LeaseAnswer> {
    const { holder, address, ttlMs } = request
    return this.#session.unfenced(async db => {
      const where = { name: LEADER_LEASE }
      await db.$executeRaw`
        INSERT INTO leases (name, holder, epoch, renewals, ttl_ms, expires_at)
        VALUES (${LEADER_LEASE}, NULL, 0, 0, ${ttlMs}, ${this.#expiry(ttlMs)}) ON CONFLICT (name) DO NOTHING`
      await db.$queryRaw`SELECT name FROM leases WHERE name = ${LEADER_LEASE} FOR UPDATE`
      const lease = await db.lease.findUniqueOrThrow({ where })
      const free = lease.holder === null || lease.holder === holder
      // Looked at in any case: the watch counts from the first refusal.
      const stoodStillMs = this.#watch.stoodStillMs(lease, this.#clock.monotonicMs())
      if (!free && stoodStillMs < lease.ttlMs) {
        return {
          acquired: false,
          holder: lease.holder as string,
          address: lease.address,
          epoch: fromBigInt(lease.epoch),
        }
      }
      const epoch = lease.epoch + 1n
      await db.lease.update({
        where,
        data: { holder, address, epoch, renewals: lease.renewals + 1n, ttlMs, expiresAt: this.#expiry(ttlMs) },
      })
      return { acquired: true, epoch: fromBigInt(epoch) }
    })
  }

  renewLease(holder: string, epoch: number): Promise<void> {
    return this.#session.unfenced(async db => {
      const lease = await db.lease.findUnique({ where: { name: LEADER_LEASE } })
      const { count } = await db.lease.updateMany({
        where: { name: LEADER_LEASE, holder, epoch: BigInt(epoch) },
        data: { renewals: { increment: 1 }, expiresAt: this.#expiry(lease?.ttlMs ?? 0) },
      })
      if (count === 0) {
        const now =
          lease === null ? 'there is no lease' : `${lease.holder ?? 'nobody'} holds it with epoch ${lease.epoch}`
        throw new WeirError('FENCED', `${holder} does not hold the lease with epoch ${epoch} any more: ${now}`)
      }
    })
  }

  async releaseLease(holder: string, epoch: number): Promise<void> {
    await this.#session.unfenced(db =>
      db.lease.updateMany({
        where: { name: LEADER_LEASE, holder, epoch: BigInt(epoch) },
        data: { holder: null, address: null },
      }),
    )
  }

  async readLease(): Promise<LeaseRecord | null> {
    const lease = await this.#session.read(db => db.lease.findUnique({ where: { name: LEADER_LEASE } }))
    if (lease === null) return null
    const { holder, address, ttlMs } = lease
    return { holder, address, epoch: fromBigInt(lease.epoch), ttlMs, expiresAt: fromTime(lease.expiresAt) }
  }

  #expiry(ttlMs: number): Date {
    return toTime(this.#clock.now() + ttlMs)
  }
}
