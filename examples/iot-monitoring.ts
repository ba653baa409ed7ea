// IoT monitoring: the mean temperature of each zone and minute, and an alert for the machine that falls silent for 10 seconds.
// Shows: event time, windows, keyed state, event-time timers, alerts

import {
  type Collector,
  type Context,
  collectSink,
  datagenSource,
  KeyedProcessFunction,
  type OnTimerContext,
  type RuntimeContext,
  StreamExecutionEnvironment,
  TumblingWindow,
  type ValueState,
  valueState,
  WatermarkStrategies,
} from '@weir/sdk'

interface Reading {
  machine: string
  zone: string
  celsius: number
  /** ms since the epoch. */
  time: number
}

interface Failure {
  alert: 'EQUIPMENT_FAILURE'
  machine: string
  zone: string
  lastHeardOf: string
}

const MACHINES = 12
const ZONES = ['boiler room', 'hall', 'cold store']
const SILENCE_MS = 10_000
const START = Date.UTC(2026, 0, 1)

function failure({ machine, zone, time }: Reading): Failure {
  return { alert: 'EQUIPMENT_FAILURE', machine, zone, lastHeardOf: new Date(time).toISOString() }
}

class Silence extends KeyedProcessFunction<string, Reading, Failure> {
  private last!: ValueState<Reading | undefined>

  override open(ctx: RuntimeContext) {
    this.last = ctx.getState(valueState<Reading>('last reading'))
  }

  override processElement(reading: Reading, ctx: Context<string>, out: Collector<Failure>) {
    const before = this.last.value()
    if (before !== undefined) ctx.timerService().deleteEventTimeTimer(before.time + SILENCE_MS)
    // The watermark comes a little later than the records: the silence may be over before its timer was due.
    if (before !== undefined && reading.time - before.time >= SILENCE_MS) out.collect(failure(before))
    this.last.update(reading)
    ctx.timerService().registerEventTimeTimer(reading.time + SILENCE_MS)
  }

  override onTimer(_timestamp: number, _ctx: OnTimerContext<string>, out: Collector<Failure>) {
    const last = this.last.value()
    if (last !== undefined) out.collect(failure(last))
    // It was told: the machine is a new one when it comes back.
    this.last.clear()
  }
}

const env = new StreamExecutionEnvironment('iot-monitoring')

const readings = env
  .addSource(
    datagenSource<Reading>({
      rowsPerSecond: 100,
      seed: 23,
      // Ten readings in each second of event time, one machine after the other. Every other 20 seconds one of them fails,
      // and the next one is read in its place.
      generator: (index, random) => {
        const turn = Math.floor(index / 200)
        const broken = turn % 2 === 1 ? (turn * 5) % MACHINES : -1
        const number = index % MACHINES === broken ? (broken + 1) % MACHINES : index % MACHINES
        const zone = number % ZONES.length
        const celsius = Math.round((60 - 30 * zone + 8 * random()) * 10) / 10
        return { machine: `machine ${number + 1}`, zone: ZONES[zone], celsius, time: START + index * 100 }
      },
    }),
    WatermarkStrategies.monotonous<Reading>().withTimestampAssigner(reading => reading.time),
  )
  .name('readings')
  // The readings of a machine have to come in their order.
  .setParallelism(1)

readings
  .keyBy(reading => reading.zone)
  .window(TumblingWindow.of(60_000))
  .avg('celsius')
  .name('mean of each minute')
  .map(({ key, end, avg }) => ({ zone: key, until: new Date(end).toISOString(), celsius: Math.round(avg * 10) / 10 }))
  .addSink(collectSink())
  .name('zones')

readings
  .keyBy(reading => reading.machine)
  .process(new Silence())
  .name('silent for 10 s')
  .addSink(collectSink())
  .name('maintenance alerts')

export default env
