// Best sellers: a running total for every product, and a row whenever another product takes the lead.
// Shows: running totals, reduce, state

import {
  type Collector,
  type Context,
  collectSink,
  datagenSource,
  KeyedProcessFunction,
  type RuntimeContext,
  StreamExecutionEnvironment,
  type ValueState,
  valueState,
} from '@weir/sdk'

interface Sale {
  product: string
  sold: number
}

const PRODUCTS = ['lamp', 'chair', 'table', 'shelf', 'mirror', 'carpet']

class Leader extends KeyedProcessFunction<string, Sale, Sale> {
  private leader!: ValueState<Sale>

  override open(context: RuntimeContext): void {
    this.leader = context.getState(valueState<Sale>('leader'))
  }

  processElement(total: Sale, _context: Context<string>, out: Collector<Sale>): void {
    const leader = this.leader.value()
    if (leader !== undefined && total.sold <= leader.sold) return
    if (leader?.product !== total.product) out.collect(total)
    this.leader.update(total)
  }
}

const env = new StreamExecutionEnvironment('best-sellers')

env
  .addSource(
    datagenSource<Sale>({
      rowsPerSecond: 50,
      seed: 3,
      // What is in fashion sells best, and fashion changes every 2 seconds.
      generator: (index, random) => {
        const fashion = Math.floor(index / 100)
        const product = PRODUCTS[(fashion + Math.floor(random() ** 2 * PRODUCTS.length)) % PRODUCTS.length]
        return { product, sold: 1 + Math.floor(random() * 3) }
      },
    }),
  )
  .name('sales')
  .keyBy(sale => sale.product)
  .reduce((total, sale) => ({ product: total.product, sold: total.sold + sale.sold }))
  .name('total of each product')
  // All totals meet under one key, whose state is the leader.
  .keyBy(() => 'all')
  .process(new Leader())
  .name('new leader')
  .addSink(collectSink())

export default env
