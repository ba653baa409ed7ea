/**
 * How long a lease has been seen standing still, by the watcher's own monotonic clock. A lease moves when its epoch or
 * its count of renewals changes. Nothing is known of the time before the first look: a watcher that has just started
 * must wait one full time to live.
 */
export class LeaseWatch {
  #seen: { readonly epoch: bigint; readonly renewals: bigint; readonly sinceMs: number } | null = null

  /** Takes a look; returns for how many ms the lease has stood as it stands now. */
  stoodStillMs(lease: { readonly epoch: bigint; readonly renewals: bigint }, monotonicMs: number): number {
    const seen = this.#seen
    if (seen !== null && seen.epoch === lease.epoch && seen.renewals === lease.renewals)
      return monotonicMs - seen.sinceMs
    this.#seen = { epoch: lease.epoch, renewals: lease.renewals, sinceMs: monotonicMs }
    return 0
  }
}
