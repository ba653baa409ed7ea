import { type Aggregator, type Collector, TumblingWindow } from '@weir/sdk'
import { isBid, isPerson, type Query } from '../query.ts'

const SIZE_MS = 10_000

interface Row {
  readonly id: number
  readonly name: string
  readonly windowStart: number
}

/** A person who registered, by name, or one who opened an auction: then the name is empty. */
interface Side {
  readonly person: number
  readonly name: string
}

interface Seen {
  name: string
  sold: boolean
}

const seen: Aggregator<Side, Seen, Seen> = {
  createAccumulator: () => ({ name: '', sold: false }),
  add({ name }, accumulator) {
    if (name === '') accumulator.sold = true
    else accumulator.name = name
    return accumulator
  },
  getResult: accumulator => accumulator,
  merge: (a, b) => ({ name: a.name === '' ? b.name : a.name, sold: a.sold || b.sold }),
}

/** Persons who registered in a tumbling window of 10 s and opened at least one auction in it, once each. */
export const q8: Query<Row> = {
  name: 'q8',
  apply: events =>
    events
      .filter(event => !isBid(event))
      .map((event): Side => {
        if (isPerson(event)) return { person: event.id, name: event.name }
        if (isBid(event)) throw new TypeError('bids were filtered out')
        return { person: event.seller, name: '' }
      })
      .keyBy(side => side.person)
      .window(TumblingWindow.of(SIZE_MS))
      .aggregate(seen, (id, { start }, { name, sold }, out: Collector<Row>) => {
        if (sold && name !== '') out.collect({ id, name, windowStart: start })
      }),
  row: row => `${row.id}|${row.name}|${row.windowStart}`,
}
