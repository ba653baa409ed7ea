// Payment checks: card payments are split by a process function; the suspicious ones go to a side output with a reason.
// Shows: process function, side output

import { type Collector, collectSink, datagenSource, OutputTag, StreamExecutionEnvironment } from '@weir/sdk'

interface Payment {
  id: number
  card: string
  amount: number
  country: string
}

interface Suspicion extends Payment {
  reason: string
}

const suspicious = new OutputTag<Suspicion>('suspicious')

const env = new StreamExecutionEnvironment('payment-checks')

const checked = env
  .addSource(
    datagenSource<Payment>({
      rowsPerSecond: 20,
      seed: 7,
      generator: (index, random) => ({
        id: index,
        card: `card ${1 + Math.floor(random() * 50)}`,
        // Most are small.
        amount: Math.round(100_000 * random() ** 3) / 100,
        country: ['NO', 'SE', 'DK', 'FI', 'XX'][Math.floor(random() * 5)],
      }),
    }),
  )
  .name('payments')
  .process((payment: Payment, context, out: Collector<Payment>) => {
    if (payment.amount > 500) context.output(suspicious, { ...payment, reason: 'a large amount' })
    else if (payment.country === 'XX') context.output(suspicious, { ...payment, reason: 'an unknown country' })
    else out.collect(payment)
  })
  .name('check')

checked.addSink(collectSink()).name('accepted')
checked.getSideOutput(suspicious).addSink(collectSink()).name('suspicious')

export default env
