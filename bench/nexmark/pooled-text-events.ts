import { EpochFrame } from './epoch-frame.ts'
import type { EventMaker, EventOutput } from './generator.ts'
import { GOLDEN, mix, mixedSeed, startOf } from './random.ts'
import { makePools, POOL_SIZE, type TextPools } from './texts.ts'
import { CITIES, FIRST_NAMES, fourDigits, HOT_CHANNELS, LAST_NAMES, POWERS_OF_TEN, STATES } from './vocabulary.ts'

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
    const draw = (): number => {
      s = (s + GOLDEN) | 0
      return mix(s) >>> 0
    }
    const dateTime = frame.nominalTime(0) - (draw() % 200)
    const person = {
      type: 'person',
      dateTime,
      id: frame.lastPerson,
      name: `${FIRST_NAMES[draw() % 11]} ${LAST_NAMES[draw() % 9]}`,
      emailAddress: pools.emailAddress[draw() & POOL_MASK],
      creditCard: `${fourDigits(draw() % 10_000)} ${fourDigits(draw() % 10_000)} ${fourDigits(draw() % 10_000)} ${fourDigits(draw() % 10_000)}`,
      city: CITIES[draw() % 10],
      state: STATES[draw() % 6],
      extra: pools.personExtra[draw() & POOL_MASK],
    }
    output.collect(person, dateTime)
  }

  #auction(at: number, output: EventOutput): void {
    const frame = this.#frame
    const pools = this.#pools
    let s = startOf(this.#seed, frame.firstEvent + at)
    s = (s + GOLDEN) | 0
    const dateTime = frame.nominalTime(at) - ((mix(s) >>> 0) % 200)
    s = (s + GOLDEN) | 0
    const itemName = pools.itemName[mix(s) & POOL_MASK]
    s = (s + GOLDEN) | 0
    const description = pools.description[mix(s) & POOL_MASK]
    s = (s + GOLDEN) | 0
    let power = POWERS_OF_TEN[(mix(s) >>> 0) % 7] as number
    s = (s + GOLDEN) | 0
    const initialBid = power + ((mix(s) >>> 0) % (Math.imul(9, power) >>> 0))
    s = (s + GOLDEN) | 0
    power = POWERS_OF_TEN[(mix(s) >>> 0) % 7] as number
    s = (s + GOLDEN) | 0
    const reserve = initialBid + power + ((mix(s) >>> 0) % (Math.imul(9, power) >>> 0))
    s = (s + GOLDEN) | 0
    const expires = dateTime + 1 + ((mix(s) >>> 0) % 20_000)
    s = (s + GOLDEN) | 0
    let seller = frame.hotSeller
    if ((mix(s) & 3) === 0) {
      s = (s + GOLDEN) | 0
      seller = frame.lastPerson - ((mix(s) >>> 0) % (frame.activePersons >>> 0))
    }
    s = (s + GOLDEN) | 0
    const category = 10 + ((mix(s) >>> 0) % 5)
    s = (s + GOLDEN) | 0
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
    s = (s + GOLDEN) | 0
    const dateTime = frame.nominalTime(at) - ((mix(s) >>> 0) % 200)
    s = (s + GOLDEN) | 0
    let auction = frame.hotAuction
    if ((mix(s) & 1) === 0) {
      s = (s + GOLDEN) | 0
      auction = frame.lastAuction - ((mix(s) >>> 0) % (frame.activeAuctions >>> 0))
    }
    s = (s + GOLDEN) | 0
    let bidder = frame.hotBidder
    if ((mix(s) & 3) === 0) {
      s = (s + GOLDEN) | 0
      bidder = frame.lastPerson - ((mix(s) >>> 0) % (frame.activePersons >>> 0))
    }
    s = (s + GOLDEN) | 0
    const power = POWERS_OF_TEN[(mix(s) >>> 0) % 7] as number
    s = (s + GOLDEN) | 0
    const price = power + ((mix(s) >>> 0) % (Math.imul(9, power) >>> 0))
    s = (s + GOLDEN) | 0
    const isHot = (mix(s) & 1) !== 0
    s = (s + GOLDEN) | 0
    const channel = isHot ? HOT_CHANNELS[mix(s) & 3] : pools.channel[(mix(s) >>> 0) % 10_000]
    s = (s + GOLDEN) | 0
    const url = pools.url[mix(s) & POOL_MASK]
    s = (s + GOLDEN) | 0
    const extra = pools.bidExtra[mix(s) & POOL_MASK]
    output.collect({ type: 'bid', dateTime, auction, bidder, price, channel, url, extra }, dateTime)
  }
}
