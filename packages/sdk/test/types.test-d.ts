/**
 * What the compiler has to know about the API. Nothing here runs: the type check of the repository is the test, since a
 * line under `@ts-expect-error` that has no error is one.
 */
import {
  type BroadcastContext,
  BroadcastProcessFunction,
  type Collector,
  type Context,
  ContinuousEventTimeTrigger,
  CoProcessFunction,
  CountEvictor,
  CountTrigger,
  collectSink,
  type DataStream,
  DeltaEvictor,
  datagenSource,
  fileSink,
  fileSource,
  GlobalWindow,
  KeyedCoProcessFunction,
  KeyedProcessFunction,
  type KeyedWindow,
  mapState,
  type OperatorStream,
  OutputTag,
  ProcessFunction,
  PurgingTrigger,
  printSink,
  type ReadOnlyBroadcastContext,
  type RuntimeContext,
  SessionWindow,
  SlidingWindow,
  StreamExecutionEnvironment,
  type TimeWindow,
  type Trigger,
  type TriggerContext,
  TriggerResult,
  TumblingWindow,
  type ValueState,
  valueState,
  WatermarkStrategies,
} from '../src/index.ts'

interface Order {
  id: string
  user: number
  amount: number
  at: number
  note?: string
}

/** Holds only when A and B are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never
function same<A, B>(_holds: Same<A, B>): void {
  // Only its type matters.
}
type Of<S> = S extends DataStream<infer T> ? T : never

declare const orders: OperatorStream<Order>
const env = new StreamExecutionEnvironment('types')

export function elementsFlowThrough(): void {
  const numbers = env.fromElements(1, 2, 3)
  same<Of<typeof numbers>, number>(true)
  const texts = numbers.map(n => n.toFixed(2)).flatMap(text => text.split('.'))
  same<Of<typeof texts>, string>(true)
  const narrowed = env.fromElements<string | undefined>('a', undefined).filter(text => text !== undefined)
  same<Of<typeof narrowed>, string>(true)
  const both = numbers.union(env.fromElements(4)).rebalance()
  same<Of<typeof both>, number>(true)
  const named = numbers.name('n').uid('u').setParallelism(1).startNewChain().disableChaining().slotSharingGroup('g')
  same<Of<typeof named>, number>(true)
  // @ts-expect-error a number has no such method
  numbers.map(n => n.toUpperCase())
  // @ts-expect-error an order has no such field
  orders.filter(order => order.price > 3)
  // @ts-expect-error flatMap has to give an iterable
  orders.flatMap(order => order.amount)
  // @ts-expect-error streams of different types
  numbers.union(texts)
  // @ts-expect-error what is partitioned is no operator, so it has no name
  numbers.rebalance().name('x')
}

export function keysAreTyped(): void {
  const byUser = orders.keyBy(order => order.user)
  const counts = byUser.count()
  same<Of<typeof counts>, { key: number; count: number }>(true)
  const means = orders.keyBy('id').avg('amount')
  same<Of<typeof means>, { key: string; avg: number }>(true)
  const sums = byUser.sum('amount').getSideOutput(new OutputTag<string>('x'))
  same<Of<typeof sums>, string>(true)
  byUser.max('id').map(order => order.note)
  byUser.reduce((a, b) => (a.amount > b.amount ? a : b))
  const aggregated = byUser.aggregate({
    createAccumulator: () => ({ sum: 0 }),
    add: (order, acc) => ({ sum: acc.sum + order.amount }),
    getResult: acc => acc.sum.toFixed(),
    merge: (a, b) => ({ sum: a.sum + b.sum }),
  })
  same<Of<typeof aggregated>, string>(true)
  // @ts-expect-error no such field
  orders.keyBy('price')
  // @ts-expect-error not a number
  byUser.sum('id')
  // @ts-expect-error an optional text is no number
  byUser.avg('note')
  // @ts-expect-error reduce gives what it takes
  byUser.reduce((a, b) => a.amount + b.amount)
  // @ts-expect-error reduce works per key
  orders.reduce((a: Order) => a)
  // @ts-expect-error map is no method of a keyed stream
  byUser.map(order => order)
}

export function windowsAreTyped(): void {
  const windowed = orders.keyBy(order => order.id).window(TumblingWindow.of(10_000))
  const late = new OutputTag<Order>('late')
  const sums = windowed.allowedLateness(5).sideOutputLateData(late).sum('amount')
  same<Of<typeof sums>['sum'], number>(true)
  same<Of<typeof sums>['key'], string>(true)
  const lowest = windowed.min('id')
  same<Of<typeof lowest>['min'], string>(true)
  const reduced = windowed.reduce((a, b) => (a.at > b.at ? a : b))
  same<Of<typeof reduced>, Order>(true)
  const texts = windowed.reduce(
    (a, b) => (a.at > b.at ? a : b),
    (key, window, order, out: Collector<string>) => out.collect(`${key.toUpperCase()} ${window.start + order.amount}`),
  )
  same<Of<typeof texts>, string>(true)
  const means = windowed.aggregate(
    {
      createAccumulator: () => ({ sum: 0, count: 0 }),
      add: (order: Order, acc) => ({ sum: acc.sum + order.amount, count: acc.count + 1 }),
      getResult: acc => acc.sum / acc.count,
      merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    },
    (key, window, mean, out: Collector<string>) => out.collect(`${key} ${window.start} ${mean.toFixed()}`),
  )
  same<Of<typeof means>, string>(true)
  texts.union(means)
  const sizes = windowed.process<number>((_key, _window, values, out) => out.collect(values.length))
  same<Of<typeof sizes>, number>(true)
  // @ts-expect-error late records are orders
  windowed.sideOutputLateData(new OutputTag<string>('late'))
  // @ts-expect-error not a number
  windowed.sum('id')
  // @ts-expect-error the function collects numbers
  windowed.process<number>((key, _window, _values, out) => out.collect(key))
}

class Urgent implements Trigger<Order> {
  onElement(order: Order, _timestamp: number, window: TimeWindow, context: TriggerContext): TriggerResult {
    context.getState(valueState<number>('last')).update(order.amount)
    context.registerEventTimeTimer(window.end - 1)
    return order.amount > 100 ? TriggerResult.FIRE_AND_PURGE : TriggerResult.CONTINUE
  }
  onEventTime(): TriggerResult {
    return TriggerResult.FIRE
  }
  onProcessingTime(): TriggerResult {
    return TriggerResult.CONTINUE
  }
  clear(window: TimeWindow, context: TriggerContext): void {
    context.deleteEventTimeTimer(window.end - 1)
  }
}

export function everyKindOfWindowIsTyped(): void {
  const keyed = orders.keyBy(order => order.id)
  const sliding = keyed.window(SlidingWindow.of({ sizeMs: 10_000, slideMs: 2_000, offsetMs: 500 })).count()
  same<Of<typeof sliding>, KeyedWindow<string> & { count: number }>(true)
  const sessions = keyed.window(SessionWindow.of({ gapMs: 10_000 }).processingTime()).max('amount')
  same<Of<typeof sessions>['max'], number>(true)
  const counts = keyed.countWindow(10, 5).reduce((a, b) => (a.at > b.at ? a : b))
  same<Of<typeof counts>, Order>(true)
  const windowed = keyed.window(GlobalWindow.create())
  windowed.trigger(CountTrigger.of(3)).evictor(CountEvictor.of(3)).sum('amount')
  windowed.trigger(PurgingTrigger.of(ContinuousEventTimeTrigger.of(1_000))).count()
  windowed.trigger(new Urgent()).count()
  windowed.trigger(PurgingTrigger.of(new Urgent())).count()
  windowed.evictor(DeltaEvictor.of(5, (a, b) => b.amount - a.amount)).count()
  windowed.evictor({ evictBefore: elements => elements.filter(({ value }) => value.amount > 0) }).count()
  // @ts-expect-error a sliding window has two lengths
  SlidingWindow.of({ sizeMs: 10_000 })
  // @ts-expect-error the gap has a name
  SessionWindow.of(10_000)
  // @ts-expect-error a trigger for orders
  env.fromElements(1).keyBy(String).window(GlobalWindow.create()).trigger(new Urgent())
  // @ts-expect-error no such result
  windowed.trigger({ ...new Urgent(), onElement: () => 'NEVER' })
  // @ts-expect-error an order has no such field
  windowed.evictor(DeltaEvictor.of<Order>(5, (a, b) => b.price - a.price))
}

class Totals extends KeyedProcessFunction<number, Order, string> {
  #total!: ValueState<number, number>
  #last!: ValueState<string>

  override open(context: RuntimeContext): void {
    this.#total = context.getState(valueState('total', { default: 0 }))
    this.#last = context.getState(valueState<string>('last'))
    // @ts-expect-error the state holds numbers
    this.#total.update('x')
    // @ts-expect-error a state without a default may hold nothing
    this.#last.value().toUpperCase()
  }

  override processElement(order: Order, context: Context<number>, out: Collector<string>): void {
    this.#total.update(this.#total.value() + order.amount)
    out.collect(`${context.currentKey() + 1} ${order.id}`)
  }
}

class Plain extends ProcessFunction<Order, number> {
  override processElement(order: Order, _context: unknown, out: Collector<number>): void {
    out.collect(order.amount)
  }
}

export function functionsAreTyped(): void {
  const totals = orders.keyBy(order => order.user).process(new Totals())
  same<Of<typeof totals>, string>(true)
  const amounts = orders.process(new Plain())
  same<Of<typeof amounts>, number>(true)
  const plain = orders.process<string>((order, context, out) => {
    context.output(new OutputTag<number>('n'), order.amount)
    out.collect(order.id)
  })
  same<Of<typeof plain>, string>(true)
  // @ts-expect-error the key is a text, the function's a number
  orders.keyBy(order => order.id).process(new Totals())
  // @ts-expect-error a keyed function needs a keyed stream
  orders.process(new Totals())
  // @ts-expect-error the tag carries numbers
  orders.process((order, context) => context.output(new OutputTag<number>('n'), order.id))
}

export function timeIsTyped(): void {
  orders.assignTimestampsAndWatermarks(WatermarkStrategies.monotonous<Order>().withTimestampAssigner(order => order.at))
  orders.assignTimestampsAndWatermarks(
    WatermarkStrategies.boundedOutOfOrderness(5_000).withTimestampAssigner((order: Order) => order.at),
  )
  orders.assignTimestampsAndWatermarks(WatermarkStrategies.none())
  env.addSource(
    datagenSource<Order>({ generator: (): Order => JSON.parse('{}') }),
    WatermarkStrategies.monotonous<Order>()
      .withTimestampAssigner(order => order.at)
      .withIdleness(1_000)
      .withAlignment('orders', 60_000, 500),
  )
  const numbers = env.fromElements(1)
  // @ts-expect-error an order has no such field
  WatermarkStrategies.monotonous<Order>().withTimestampAssigner(order => order.time)
  // @ts-expect-error a strategy for orders
  numbers.assignTimestampsAndWatermarks(WatermarkStrategies.monotonous<Order>())
}

export function connectorsAreTyped(): void {
  const lines = env.addSource(fileSource({ path: 'a.txt', format: 'lines' }))
  same<Of<typeof lines>, string>(true)
  const quakes = env.addSource(fileSource<Order>({ path: 'a', format: 'json', onError: 'skip' }))
  same<Of<typeof quakes>, Order>(true)
  const rows = env.addSource(fileSource({ path: 'a', format: 'csv', multiline: false }))
  same<Of<typeof rows>, Record<string, string>>(true)
  const typed = env.addSource(fileSource<{ id: number }>({ path: 'a', format: 'csv', schema: { id: 'integer' } }))
  same<Of<typeof typed>, { id: number }>(true)
  const made = env.addSource(datagenSource({ generator: (index, random) => ({ index, r: random() }) }))
  same<Of<typeof made>, { index: number; r: number }>(true)
  const fields = env.addSource(
    datagenSource<{ id: number; user: string; state: 'on' | 'off' }>({
      rowsPerSecond: 10,
      fields: { id: 'sequence', user: { text: [3, 8] }, state: { oneOf: ['on', 'off'] } },
    }),
  )
  same<Of<typeof fields>['state'], 'on' | 'off'>(true)
  lines.addSink(fileSink({ path: 'out', format: 'lines' }))
  quakes
    .addSink(fileSink({ path: 'out', format: 'json', rollBytes: 5 }))
    .name('out')
    .setParallelism(2)
  quakes.addSink(fileSink({ path: 'out', format: 'csv', columns: ['id'] }))
  quakes.addSink(printSink())
  quakes.addSink(collectSink())
  // @ts-expect-error lines are texts or numbers
  quakes.addSink(fileSink({ path: 'out', format: 'lines' }))
  // @ts-expect-error CSV has objects
  lines.addSink(fileSink({ path: 'out', format: 'csv' }))
  // @ts-expect-error lines have no schema
  fileSource({ path: 'a', format: 'lines', schema: {} })
  // @ts-expect-error not there in this version
  fileSource({ path: 'a', format: 'lines', watch: true })
  // @ts-expect-error a sequence gives numbers
  datagenSource<{ id: string }>({ fields: { id: 'sequence' } })
  // @ts-expect-error every field is needed
  datagenSource<{ id: number; b: number }>({ fields: { id: 'sequence' } })
}

interface User {
  id: number
  name: string
}
declare const users: OperatorStream<User>

class Join extends KeyedCoProcessFunction<number, Order, User, string> {
  #name!: ValueState<string | undefined>
  override open(context: RuntimeContext): void {
    this.#name = context.getState(valueState<string>('name'))
  }
  override processElement1(order: Order, context: Context<number>, out: Collector<string>): void {
    out.collect(`${context.currentKey().toFixed()} ${order.id} ${this.#name.value()}`)
  }
  override processElement2(user: User): void {
    this.#name.update(user.name)
  }
}

class Both extends CoProcessFunction<Order, User, number> {
  override processElement1(order: Order, _context: unknown, out: Collector<number>): void {
    out.collect(order.amount)
  }
  override processElement2(user: User, _context: unknown, out: Collector<number>): void {
    out.collect(user.id)
  }
}

const limits = mapState<number, string>('limits')

class Limited extends BroadcastProcessFunction<Order, User, string> {
  override processElement(order: Order, context: ReadOnlyBroadcastContext, out: Collector<string>): void {
    const limit = context.getBroadcastState(limits).get(order.user)
    if (limit !== undefined) out.collect(limit.trim())
    // @ts-expect-error only the broadcast side writes
    context.getBroadcastState(limits).put(1, 'a')
  }
  override processBroadcastElement(user: User, context: BroadcastContext): void {
    context.getBroadcastState(limits).put(user.id, user.name)
    // @ts-expect-error a name is no key of this state
    context.getBroadcastState(limits).put(user.name, user.name)
  }
}

export function connectedStreamsKeepTheirTypes(): void {
  const answered = orders.asyncMap(async order => order.amount, {
    capacity: 5,
    ordered: false,
    retries: { attempts: 2 },
  })
  same<Of<typeof answered>, number>(true)
  // @ts-expect-error it has to answer later
  orders.asyncMap(order => order.amount)
  const mapped = orders.connect(users).map(
    order => order.amount,
    user => user.id,
  )
  same<Of<typeof mapped>, number>(true)
  const words = orders.connect(users).flatMap(
    order => [order.id],
    user => user.name.split(' '),
  )
  same<Of<typeof words>, string>(true)
  const numbers = orders.connect(users).process(new Both())
  same<Of<typeof numbers>, number>(true)
  const keyed = orders.connect(users).keyBy(
    order => order.user,
    user => user.id,
  )
  const joined = keyed.process(new Join())
  same<Of<typeof joined>, string>(true)
  orders.connect(users).keyBy('user', 'id').process(new Join())
  orders.keyBy('user').connect(users.keyBy('id')).process(new Join())
  const limited = orders.connect(users.broadcast(limits)).process(new Limited())
  same<Of<typeof limited>, string>(true)
  const running = orders.keyBy('id').statefulMap((key, order, sum: number | undefined) => {
    const next = (sum ?? 0) + order.amount
    return [[`${key.trim()} ${next}`], next]
  })
  same<Of<typeof running>, string>(true)
  orders.connect(users).map(
    order => order.amount,
    // @ts-expect-error a user has no amount
    user => user.amount,
  )
  // @ts-expect-error a keyed function needs keys
  orders.connect(users).process(new Join())
  // @ts-expect-error the keys are of different types
  orders.keyBy('user').connect(users.keyBy('name'))
  // @ts-expect-error the keys are of different types
  orders.connect(users).keyBy('user', 'name')
  // @ts-expect-error a keyed stream is connected to a keyed one
  orders.keyBy('user').connect(users)
  const near = orders
    .keyBy('user')
    .intervalJoin(users.keyBy('id'))
    .between(-1_000, 1_000)
    .upperBoundExclusive()
    .sideOutputLeftLateData(new OutputTag<Order>('late'))
    .process((order, user, ctx, out: Collector<string>) => out.collect(`${order.id} ${user.name} ${ctx.timestamp()}`))
  same<Of<typeof near>, string>(true)
  // @ts-expect-error the keys are of different types
  orders.keyBy('user').intervalJoin(users.keyBy('name'))
  const windowed = orders
    .join(users)
    .where(order => order.user)
    .equalTo(user => user.id)
    .window(TumblingWindow.of(1_000))
    .apply((order, user, window) => ({ id: order.id, name: user.name, until: window.end }))
  same<Of<typeof windowed>, { id: string; name: string; until: number }>(true)
  const grouped = orders
    .coGroup(users)
    .where('user')
    .equalTo('id')
    .window(TumblingWindow.of(1_000))
    .allowedLateness(10)
    .apply((left, right, out: Collector<number>, key) => out.collect(left.length + right.length + key))
  same<Of<typeof grouped>, number>(true)
  // @ts-expect-error the keys are of different types
  orders.join(users).where('user').equalTo('name')
}

export function whatComesLaterIsMissing(): void {
  // @ts-expect-error not there in this version
  StreamExecutionEnvironment.createRemoteEnvironment('h', 1, {})
}
