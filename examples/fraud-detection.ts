// Fraud detection: a very small charge, and within a minute a large one to the same card: somebody tries out a stolen card.
// Shows: keyed state, event-time timers

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
  WatermarkStrategies,
} from '@weir/sdk'

interface Charge {
  id: number
  card: string
  amount: number
  /** ms since the epoch. */
  time: number
}

interface Suspicion {
  card: string
  charge: number
  amount: number
  secondsAfterSmall: number
}

const SMALL = 1
const LARGE = 500
const MINUTE_MS = 60_000
const START = Date.UTC(2026, 0, 1)

function suspicion({ id, card, amount, time }: Charge, smallAt: number): Suspicion {
  return { card, charge: id, amount, secondsAfterSmall: Math.round((time - smallAt) / 1_000) }
}

class SmallThenLarge extends KeyedProcessFunction<string, Charge, Suspicion> {
  private smallAt!: ValueState<number | undefined>

  override open(ctx: RuntimeContext) {
    this.smallAt = ctx.getState(valueState<number>('time of the small charge'))
  }

  override processElement(charge: Charge, ctx: Context<string>, out: Collector<Suspicion>) {
    const before = this.smallAt.value()
    const isSoonAfter = before !== undefined && charge.time - before <= MINUTE_MS
    if (isSoonAfter && charge.amount > LARGE) out.collect(suspicion(charge, before))
    // Only the charge right before counts.
    if (before !== undefined) ctx.timerService().deleteEventTimeTimer(before + MINUTE_MS)
    this.smallAt.clear()
    if (charge.amount >= SMALL) return
    this.smallAt.update(charge.time)
    ctx.timerService().registerEventTimeTimer(charge.time + MINUTE_MS)
  }

  /** Forgets what can matter no more, also of a card that is not used again. */
  override onTimer() {
    this.smallAt.clear()
  }
}

const env = new StreamExecutionEnvironment('fraud-detection')

env
  .addSource(
    datagenSource<Charge>({
      rowsPerSecond: 50,
      seed: 6,
      generator: (index, random) => {
        const kind = random()
        const share = kind < 0.2 ? 0.0009 : kind < 0.5 ? 1 : 0.3
        return {
          id: index,
          card: `card ${1 + Math.floor(random() * 20)}`,
          amount: Math.round(100_000 * share * random()) / 100,
          time: START + index * 1_000,
        }
      },
    }),
    WatermarkStrategies.monotonous<Charge>().withTimestampAssigner(charge => charge.time),
  )
  .name('charges')
  // The charges of a card have to come in their order.
  .setParallelism(1)
  .keyBy(charge => charge.card)
  .process(new SmallThenLarge())
  .name('small, then large')
  .addSink(collectSink())
  .name('suspicions')

export default env
