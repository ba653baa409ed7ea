import { EpochFrame } from './epoch-frame.ts'
import type { EventMaker, EventOutput } from './generator.ts'
import { below, mix, mixedSeed, next, startOf } from './random.ts'
import { putEmailAddress, putUrl, TextBuffer } from './texts.ts'
import { CITIES, FIRST_NAMES, fourDigits, HOT_CHANNELS, LAST_NAMES, POWERS_OF_TEN, STATES } from './vocabulary.ts'

/** Letters of an epoch at most: three auctions of 470, 46 bids of 120, one person of 150, and room for a last group. */
const BUFFER_BYTES = 8192

interface PersonDraft {
  readonly type: 'person'
  readonly dateTime: number
  readonly name: string
  readonly creditCard: string
  readonly city: string
  readonly state: string
  /** Where in the epoch's letters a text begins; it ends where the next one begins. */
  readonly emailAt: number
  readonly extraAt: number
  readonly end: number
}

interface AuctionDraft {
  readonly type: 'auction'
  readonly dateTime: number
  readonly id: number
  readonly initialBid: number
  readonly reserve: number
  readonly expires: number
  readonly seller: number
  readonly category: number
  readonly itemNameAt: number
  readonly descriptionAt: number
  readonly extraAt: number
  readonly extraEnd: number
}

interface BidDraft {
  readonly type: 'bid'
  readonly dateTime: number
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly urlAt: number
  readonly extraAt: number
  readonly end: number
}

/**
 * Events whose every letter is drawn. The letters of an epoch become one string, of which the events hold pieces; so
 * events are drafted first, with the places of their texts, and made when all letters are there.
 */
export class FullTextEvents implements EventMaker {
  readonly #seed: number
  readonly #frame: EpochFrame
  readonly #letters = new TextBuffer(BUFFER_BYTES)
  readonly #drafts: (PersonDraft | AuctionDraft | BidDraft)[] = []

  constructor(seed: number, rate: number) {
    this.#seed = mixedSeed(seed)
    this.#frame = new EpochFrame(rate)
  }

  emit(epoch: number, from: number, to: number, output: EventOutput): number {
    this.#frame.moveTo(epoch)
    const drafts = this.#drafts
    for (let at = from; at < to; at++) {
      drafts[at - from] = at >= 4 ? this.#bid(at) : at === 0 ? this.#person() : this.#auction(at)
    }
    const letters = this.#letters.take()
    let at = from
    for (; at < to && !output.blocked; at++) {
      const draft = drafts[at - from] as PersonDraft | AuctionDraft | BidDraft
      if (draft.type === 'bid') emitBid(draft, letters, output)
      else if (draft.type === 'auction') emitAuction(draft, letters, output)
      else this.#emitPerson(draft, letters, output)
    }
    return at
  }

  #draw(): number {
    const s = next(this.#letters.state)
    this.#letters.start(s)
    return mix(s)
  }

  #below(bound: number): number {
    return below(this.#draw(), bound)
  }

  #price(): number {
    const power = POWERS_OF_TEN[this.#below(7)] as number
    return power + this.#below(Math.imul(9, power))
  }

  #start(at: number): number {
    this.#letters.start(startOf(this.#seed, this.#frame.firstEvent + at))
    return this.#frame.nominalTime(at) - this.#below(200)
  }

  #person(): PersonDraft {
    const letters = this.#letters
    const dateTime = this.#start(0)
    const name = `${FIRST_NAMES[this.#below(11)]} ${LAST_NAMES[this.#below(9)]}`
    const emailAt = letters.length
    putEmailAddress(letters)
    const group = (): string => fourDigits(this.#below(10_000))
    const creditCard = `${group()} ${group()} ${group()} ${group()}`
    const city = CITIES[this.#below(10)] as string
    const state = STATES[this.#below(6)] as string
    const extraAt = letters.length
    letters.text(80, 120)
    return { type: 'person', dateTime, name, creditCard, city, state, emailAt, extraAt, end: letters.length }
  }

  #emitPerson(draft: PersonDraft, letters: string, output: EventOutput): void {
    const { dateTime, name, creditCard, city, state, emailAt, extraAt, end } = draft
    const person = {
      type: 'person',
      dateTime,
      id: this.#frame.lastPerson,
      name,
      emailAddress: letters.substring(emailAt, extraAt),
      creditCard,
      city,
      state,
      extra: letters.substring(extraAt, end),
    }
    output.collect(person, dateTime)
  }

  #auction(at: number): AuctionDraft {
    const frame = this.#frame
    const letters = this.#letters
    const dateTime = this.#start(at)
    const itemNameAt = letters.length
    letters.text(10, 20)
    const descriptionAt = letters.length
    letters.text(50, 100)
    const extraAt = letters.length
    const initialBid = this.#price()
    const reserve = initialBid + this.#price()
    const expires = dateTime + 1 + this.#below(20_000)
    const seller = (this.#draw() & 3) > 0 ? frame.hotSeller : frame.lastPerson - this.#below(frame.activePersons)
    const category = 10 + this.#below(5)
    letters.text(250, 350)
    return {
      type: 'auction',
      dateTime,
      id: frame.firstAuction + at - 1,
      initialBid,
      reserve,
      expires,
      seller,
      category,
      itemNameAt,
      descriptionAt,
      extraAt,
      extraEnd: letters.length,
    }
  }

  #bid(at: number): BidDraft {
    const frame = this.#frame
    const letters = this.#letters
    const dateTime = this.#start(at)
    const auction = (this.#draw() & 1) > 0 ? frame.hotAuction : frame.lastAuction - this.#below(frame.activeAuctions)
    const bidder = (this.#draw() & 3) > 0 ? frame.hotBidder : frame.lastPerson - this.#below(frame.activePersons)
    const price = this.#price()
    const channel =
      (this.#draw() & 1) > 0 ? (HOT_CHANNELS[this.#draw() & 3] as string) : `channel-${this.#below(10_000)}`
    const urlAt = letters.length
    putUrl(letters)
    const extraAt = letters.length
    letters.text(20, 60)
    return { type: 'bid', dateTime, auction, bidder, price, channel, urlAt, extraAt, end: letters.length }
  }
}

function emitAuction(draft: AuctionDraft, letters: string, output: EventOutput): void {
  const { dateTime, id, initialBid, reserve, expires, seller, category } = draft
  const auction = {
    type: 'auction',
    dateTime,
    id,
    itemName: letters.substring(draft.itemNameAt, draft.descriptionAt),
    description: letters.substring(draft.descriptionAt, draft.extraAt),
    initialBid,
    reserve,
    expires,
    seller,
    category,
    extra: letters.substring(draft.extraAt, draft.extraEnd),
  }
  output.collect(auction, dateTime)
}

function emitBid(draft: BidDraft, letters: string, output: EventOutput): void {
  const { dateTime, auction, bidder, price, channel, urlAt, extraAt, end } = draft
  const url = letters.substring(urlAt, extraAt)
  const extra = letters.substring(extraAt, end)
  output.collect({ type: 'bid', dateTime, auction, bidder, price, channel, url, extra }, dateTime)
}
