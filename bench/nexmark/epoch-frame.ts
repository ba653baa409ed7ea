const BASE_TIME = 1_700_000_000_000
const FIRST_ID = 1000
const HOT_EVERY = 100
const ACTIVE_PERSONS = 1000
const ACTIVE_AUCTIONS = 100
const EPOCH_EVENTS = 50

/**
 * What all events of an epoch have in common. It is computed once, since an id may be larger than the 32 bits in which
 * computing is fast.
 */
export class EpochFrame {
  readonly #rate: number
  /** Number of the epoch's first event. */
  firstEvent = 0
  lastPerson = 0
  hotSeller = 0
  hotBidder = 0
  activePersons = 1
  /** Id of the first auction of the epoch, and of the last. */
  firstAuction = 0
  lastAuction = 0
  hotAuction = 0
  activeAuctions = 1

  constructor(rate: number) {
    this.#rate = rate
  }

  moveTo(epoch: number): void {
    this.firstEvent = epoch * EPOCH_EVENTS
    this.lastPerson = FIRST_ID + epoch
    this.hotSeller = FIRST_ID + Math.floor(epoch / HOT_EVERY) * HOT_EVERY
    this.hotBidder = this.hotSeller + (epoch % HOT_EVERY >= 1 ? 1 : 0)
    this.activePersons = Math.min(ACTIVE_PERSONS, epoch + 1)
    this.firstAuction = FIRST_ID + 3 * epoch
    this.lastAuction = this.firstAuction + 2
    this.hotAuction = FIRST_ID + Math.floor((this.lastAuction - FIRST_ID) / HOT_EVERY) * HOT_EVERY
    this.activeAuctions = Math.min(ACTIVE_AUCTIONS, this.lastAuction - FIRST_ID + 1)
  }

  /** ms since the epoch of event `at` of this epoch, before it is put out of order. */
  nominalTime(at: number): number {
    return BASE_TIME + Math.floor(((this.firstEvent + at) * 1000) / this.#rate)
  }
}
