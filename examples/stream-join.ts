// Stream join: orders and the payments that come within 10 seconds of them, as one stream.
// Shows: interval join, event time, two sources

import { type Collector, collectSink, datagenSource, StreamExecutionEnvironment, WatermarkStrategies } from '@weir/sdk'

interface Order {
  id: number
  item: string
  /** ms since the epoch. */
  time: number
}

interface Payment {
  order: number
  amount: number
  time: number
}

interface PaidOrder {
  id: number
  item: string
  amount: number
  secondsLater: number
}

const START = Date.UTC(2026, 0, 1)
const ITEMS = ['lamp', 'chair', 'table', 'shelf']

const env = new StreamExecutionEnvironment('stream-join')

const orders = env
  .addSource(
    datagenSource<Order>({
      rowsPerSecond: 20,
      seed: 1,
      generator: (index, random) => ({
        id: index,
        item: ITEMS[Math.floor(random() * 4)] as string,
        time: START + index * 50,
      }),
    }),
    WatermarkStrategies.monotonous<Order>().withTimestampAssigner(order => order.time),
  )
  .name('orders')

const payments = env
  .addSource(
    datagenSource<Payment>({
      rowsPerSecond: 20,
      seed: 2,
      // Every order is paid, some too late.
      generator: (index, random) => ({
        order: index,
        amount: 1 + Math.floor(random() * 200),
        time: START + index * 50 + Math.floor(random() * 15_000),
      }),
    }),
    WatermarkStrategies.boundedOutOfOrderness<Payment>(15_000).withTimestampAssigner(payment => payment.time),
  )
  .name('payments')

orders
  .keyBy(order => order.id)
  .intervalJoin(payments.keyBy(payment => payment.order))
  .between(0, 10_000)
  .process((order, payment, _ctx, out: Collector<PaidOrder>) =>
    out.collect({
      id: order.id,
      item: order.item,
      amount: payment.amount,
      secondsLater: Math.round((payment.time - order.time) / 1_000),
    }),
  )
  .name('paid within 10 s')
  .addSink(collectSink())
  .name('paid orders')

export default env
