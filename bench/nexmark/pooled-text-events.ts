import { EpochFrame } from './epoch-frame.ts'
import type { EventMaker, EventOutput } from './generator.ts'
import { below, mix, mixedSeed, next, startOf } from './random.ts'
import { makePools, POOL_SIZE, type TextPools } from './texts.ts'
import { CITIES, FIRST_NAMES, HOT_CHANNELS, LAST_NAMES, POWERS_OF_TEN, STATES } from './vocabulary.ts'

const POOL_MASK = POOL_SIZE - 1

/**
 * Events with pooled text. This is the workload of measurements, so the draws stand in the code one after the other, with
 * their state in a local variable, and each kind of event is made by one literal.
 */
export class PooledTextEvents implements EventMaker {
  readonly #seed: number
  readonly #frame: EpochFrame
  readonly #pools: TextPools

  constructor(seed: number, rate: number) {
    this.#seed = mixedSeed(seed)
    this.#frame = new EpochFrame(rate)
    this.#pools = makePools(this.#seed)
  }

  emit(epoch: number, from: number, to: number, output: EventOutput): number {
    this.#frame.moveTo(epoch)
    let at = from
    for (; at < to && !output.blocked; at++) {
      if (at >= 4) this.#bid(at, output)
      else if (at === 0) this.#person(output)
      else this.#auction(at, output)
    }
    return at
  }

  #person(output: EventOutput): void {
    const frame = this.#frame
    const pools = this.#pools
    let s = startOf(this.#seed, frame.firstEvent)
    const draw = (bound: number): number => {
      s = next(s)
      return below(mix(s), bound)
    }
    const dateTime = frame.nominalTime(0) - draw(200)
    const person = {
      type: 'person',
      dateTime,
      id: frame.lastPerson,
      name: `${FIRST_NAMES[draw(11)]} ${LAST_NAMES[draw(9)]}`,
      emailAddress: pools.emailAddress[draw(POOL_SIZE)],
      creditCard: `${pools.fourDigits[draw(10_000)]} ${pools.fourDigits[draw(10_000)]} ${pools.fourDigits[draw(10_000)]} ${pools.fourDigits[draw(10_000)]}`,
      city: CITIES[draw(10)],
      state: STATES[draw(6)],
      extra: pools.personExtra[draw(POOL_SIZE)],
    }
    output.collect(person, dateTime)
  }

  #auction(at: number, output: EventOutput): void {
    const frame = this.#frame
    const pools = this.#pools
    let s = startOf(this.#seed, frame.firstEvent + at)
    s = next(s)
    const dateTime = frame.nominalTime(at) - below(mix(s), 200)
    s = next(s)
    const itemName = pools.itemName[mix(s) & POOL_MASK]
    s = next(s)
    const description = pools.description[mix(s) & POOL_MASK]
    s = next(s)
    let power = POWERS_OF_TEN[below(mix(s), 7)] as number
    s = next(s)
    const initialBid = power + below(mix(s), Math.imul(9, power))
    s = next(s)
    power = POWERS_OF_TEN[below(mix(s), 7)] as number
    s = next(s)
    const reserve = initialBid + power + below(mix(s), Math.imul(9, power))
    s = next(s)
    const expires = dateTime + 1 + below(mix(s), 20_000)
    s = next(s)
    let seller = frame.hotSeller
    if ((mix(s) & 3) === 0) {
      s = next(s)
      seller = frame.lastPerson - below(mix(s), frame.activePersons)
    }
    s = next(s)
    const category = 10 + below(mix(s), 5)
    s = next(s)
    const auction = {
      type: 'auction',
      dateTime,
      id: frame.firstAuction + at - 1,
      itemName,
      description,
      initialBid,
      reserve,
      expires,
      seller,
      category,
      extra: pools.auctionExtra[mix(s) & POOL_MASK],
    }
    output.collect(auction, dateTime)
  }

  #bid(at: number, output: EventOutput): void {
    const frame = this.#frame
    const pools = this.#pools
    let s = startOf(this.#seed, frame.firstEvent + at)
    s = next(s)
    const dateTime = frame.nominalTime(at) - below(mix(s), 200)
    s = next(s)
    let auction = frame.hotAuction
    if ((mix(s) & 1) === 0) {
      s = next(s)
      auction = frame.lastAuction - below(mix(s), frame.activeAuctions)
    }
    s = next(s)
    let bidder = frame.hotBidder
    if ((mix(s) & 3) === 0) {
      s = next(s)
      bidder = frame.lastPerson - below(mix(s), frame.activePersons)
    }
    s = next(s)
    const power = POWERS_OF_TEN[below(mix(s), 7)] as number
    s = next(s)
    const price = power + below(mix(s), Math.imul(9, power))
    s = next(s)
    const isHot = (mix(s) & 1) !== 0
    s = next(s)
    const channel = isHot ? HOT_CHANNELS[mix(s) & 3] : pools.channel[below(mix(s), 10_000)]
    s = next(s)
    const url = pools.url[mix(s) & POOL_MASK]
    s = next(s)
    const extra = pools.bidExtra[mix(s) & POOL_MASK]
    output.collect({ type: 'bid', dateTime, auction, bidder, price, channel, url, extra }, dateTime)
  }
}
