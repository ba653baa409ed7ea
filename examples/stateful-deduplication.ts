// Deduplication: events that come several times go on once. An id is forgotten when it was not seen for an hour.
// Shows: keyed state, time to live

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

interface Event {
  id: string
  page: string
}

class Deduplicate extends KeyedProcessFunction<string, Event, Event> {
  private seen!: ValueState<boolean | undefined>

  override open(ctx: RuntimeContext) {
    this.seen = ctx.getState(valueState<boolean>('seen', { ttlMs: 3_600_000 }))
  }

  override processElement(event: Event, _ctx: Context<string>, out: Collector<Event>) {
    const known = this.seen.value()
    this.seen.update(true)
    if (!known) out.collect(event)
  }
}

const env = new StreamExecutionEnvironment('stateful-deduplication')

env
  .addSource(
    datagenSource<Event>({
      rowsPerSecond: 50,
      seed: 4,
      // A sender that gets no answer sends again: of the latest ids, any may come once more.
      generator: (index, random) => {
        const number = Math.max(0, Math.floor(index / 2) - Math.floor(random() * 20))
        return { id: `event ${number}`, page: ['/', '/shop', '/cart'][number % 3] as string }
      },
    }),
  )
  .name('events')
  .keyBy(event => event.id)
  .process(new Deduplicate())
  .name('first of each id')
  .addSink(collectSink())

export default env
