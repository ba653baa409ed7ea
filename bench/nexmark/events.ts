/** The three kinds of events, with their fields in the order of GENERATOR.md. Times are ms since the epoch. */
export interface Person {
  readonly type: 'person'
  readonly dateTime: number
  readonly id: number
  readonly name: string
  readonly emailAddress: string
  readonly creditCard: string
  readonly city: string
  readonly state: string
  readonly extra: string
}

export interface Auction {
  readonly type: 'auction'
  readonly dateTime: number
  readonly id: number
  readonly itemName: string
  readonly description: string
  readonly initialBid: number
  readonly reserve: number
  readonly expires: number
  readonly seller: number
  readonly category: number
  readonly extra: string
}

export interface Bid {
  readonly type: 'bid'
  readonly dateTime: number
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly extra: string
}

export type NexmarkEvent = Person | Auction | Bid
