/** What an auction site's bid looks like: three numbers, three texts, a time. */
export interface Bid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly dateTime: number
  readonly extra: string
}

/** Source text of a function that makes the same bids from an index, for jobs and for this process. */
export const bidText = `i => ({
  auction: 1000 + (i * 7919) % 10000,
  bidder: 1000 + (i * 104729) % 50000,
  price: 100 + (i * 31) % 1000000,
  channel: 'channel-' + (i % 500),
  url: 'https://www.example.com/auction/item?channel=' + (i % 500) + '&item=' + ((i * 7919) % 10000),
  dateTime: 1700000000000 + i,
  extra: 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2).slice(i % 30, i % 30 + 40),
})`

export const makeBid = new Function(`return ${bidText}`)() as (index: number) => Bid
