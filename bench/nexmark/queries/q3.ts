import {
  type Collector,
  type Context,
  KeyedProcessFunction,
  type ListState,
  listState,
  type RuntimeContext,
  type ValueState,
  valueState,
} from '@weir/sdk'
import { isAuction, isPerson, type Query } from '../query.ts'

interface Row {
  readonly name: string
  readonly city: string
  readonly state: string
  readonly auction: number
}

/** A person, or an auction of theirs: one shape, so that both travel alike. `auction` is 0 for a person. */
interface Side {
  readonly person: number
  readonly auction: number
  readonly name: string
  readonly city: string
  readonly state: string
}

const CATEGORY = 10
const STATES: ReadonlySet<string> = new Set(['OR', 'ID', 'CA'])

/** Auctions of one category, joined to the sellers that live in some states. */
export const q3: Query<Row> = {
  name: 'q3',
  apply: events =>
    events
      .filter(event => isPerson(event) || (isAuction(event) && event.category === CATEGORY))
      .map((event): Side => {
        if (isPerson(event)) {
          return { person: event.id, auction: 0, name: event.name, city: event.city, state: event.state }
        }
        if (!isAuction(event)) throw new TypeError('bids were filtered out')
        return { person: event.seller, auction: event.id, name: '', city: '', state: '' }
      })
      .keyBy(side => side.person)
      .process(new SellerJoin()),
  row: row => `${row.name}|${row.city}|${row.state}|${row.auction}`,
}

/** Keeps each person, and the auctions that come before theirs. */
class SellerJoin extends KeyedProcessFunction<number, Side, Row> {
  /** Also of one who does not count: then no auction waits for them. */
  #person!: ValueState<Side | undefined>
  #waiting!: ListState<number>

  override open(context: RuntimeContext): void {
    this.#person = context.getState(valueState<Side>('person'))
    this.#waiting = context.getState(listState<number>('waiting'))
  }

  override processElement(side: Side, _context: Context<number>, out: Collector<Row>): void {
    if (side.auction === 0) {
      this.#person.update(side)
      for (const auction of this.#waiting.get()) emit(side, auction, out)
      this.#waiting.clear()
      return
    }
    const person = this.#person.value()
    if (person === undefined) this.#waiting.add(side.auction)
    else emit(person, side.auction, out)
  }
}

function emit({ name, city, state }: Side, auction: number, out: Collector<Row>): void {
  if (STATES.has(state)) out.collect({ name, city, state, auction })
}
