import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listState, mapState, valueState } from '../functions/state-descriptors.ts'
import { restoreWithTimers, snapshotWithTimers } from '../operators/keyed-operator.ts'
import type { OperatorSnapshot } from '../operators/operator.ts'
import { type CanonicalKey, canonicalKey } from '../record/canonical-key.ts'
import { keyGroupOf, keyGroupRange, subtaskOfKeyGroup } from '../record/key-group.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { MemorySegments } from '../testing/memory-segments.ts'
import { MemorySpillStore } from '../testing/memory-spill-store.ts'
import { TimerService } from '../time/timer-service.ts'
import type { Columns } from './keyed-state-backend.ts'
import { MemoryTier } from './memory-tier.ts'
import { assignManifest, decodeManifest, encodeManifest, type StateManifest } from './segments/manifest.ts'
import { plainCodec } from './segments/segment-codec.ts'
import { loadChain } from './segments/segment-io.ts'
import { LocalSegmentService } from './segments/segment-service.ts'
import { StateRoom } from './state-room.ts'
import { type StateSnapshot, StateSnapshots } from './state-snapshots.ts'

const MAX_PARALLELISM = 16
let subtasksMade = 0

/** Does not hold all: rows move between columns and objects as they change. */
const mostValues: Columns<{ n: number }> = {
  width: 1,
  fits: (value): value is { n: number } => (value as { n: number }).n % 3 !== 0,
  write: ({ n }, cells, at) => {
    cells[at] = n
  },
  read: (cells, at) => ({ n: cells[at]! }),
}

/** All kinds of keyed state in one subtask, with its snapshots. */
class Subtask {
  readonly spills = new MemorySpillStore()
  readonly room: StateRoom | undefined
  readonly state: MemoryTier
  readonly timers: TimerService<CanonicalKey>
  readonly snapshots: StateSnapshots
  readonly #plain
  readonly #numbers
  readonly #windows
  readonly #map
  readonly #list
  readonly #value

  constructor(
    store: MemorySegments,
    roomBytes: number | undefined,
    subtask: number,
    parallelism: number,
    inColumns: boolean,
    from?: { manifest: StateManifest; chain: Awaited<ReturnType<typeof loadChain>>; operators: OperatorSnapshot[] },
  ) {
    const clock = new ManualClock()
    this.room = roomBytes === undefined ? undefined : new StateRoom(roomBytes, this.spills)
    this.state = new MemoryTier({
      maxParallelism: MAX_PARALLELISM,
      ownsKeyGroup: group => subtaskOfKeyGroup(group, MAX_PARALLELISM, parallelism) === subtask,
      clock,
      inSegments: true,
      ...(this.room === undefined ? {} : { room: this.room }),
    })
    this.timers = new TimerService(clock, () => false)
    if (from !== undefined) {
      this.state.restoreChain(from.chain)
      restoreWithTimers(this.state, this.timers, from.operators)
    }
    this.#plain = inColumns ? this.state.columnTable('plain', mostValues) : this.state.table<{ n: number }>('plain')
    this.#numbers = this.state.numberTable('numbers')
    this.#windows = this.state.namespacedTable<{ n: number }>('windows', inColumns ? mostValues : undefined)
    this.#map = this.state.getState(mapState<number, { n: number }>('map'))
    this.#list = this.state.getState(listState<number>('list'))
    this.#value = this.state.getState(valueState<number>('value', { default: -1 }))
    const id = subtasksMade++
    this.snapshots = new StateSnapshots({
      state: this.state,
      maxParallelism: MAX_PARALLELISM,
      range: keyGroupRange(subtask, MAX_PARALLELISM, parallelism),
      segments: new LocalSegmentService(store, plainCodec),
      clock: { monotonicMs: () => 0, now: () => clock.now() },
      nameOf: serial => `${id}-${serial}`,
      ...(from === undefined ? {} : { restored: from.manifest }),
    })
  }

  begin(): { snapshot: StateSnapshot; operator: OperatorSnapshot } {
    const operator = snapshotWithTimers(this.state, this.timers)
    expect(operator.keyed ?? []).toEqual([])
    return { snapshot: this.snapshots.begin(), operator }
  }

  /** The same deed on the state and, as text, on the model. */
  do(deed: Deed, model: Map<string, string>): void {
    const { key, other, value } = deed
    const canonical = canonicalKey(key)
    const name = JSON.stringify(key)
    this.state.setCurrentKey(key)
    const dropAll = (start: string): void => {
      for (const at of model.keys()) if (at.startsWith(start)) model.delete(at)
    }
    switch (deed.what) {
      case 'put plain': {
        const row = this.#plain.get(canonical)
        if (row === undefined) this.#plain.insert(canonical, key, { n: value })
        else this.#plain.update(row, { n: value })
        model.set(`plain ${name}`, `${value}`)
        return
      }
      case 'touch plain': {
        const row = this.#plain.get(canonical)
        expect(row === undefined).toBe(!model.has(`plain ${name}`))
        if (row === undefined) return
        row.value.n = value
        this.#plain.touch(row)
        model.set(`plain ${name}`, `${value}`)
        return
      }
      case 'read plain':
        expect(this.#plain.get(canonical)?.value.n).toBe(asNumber(model.get(`plain ${name}`)))
        return
      case 'read number':
        expect(this.#numbers.get(canonical)).toBe(asNumber(model.get(`numbers ${name}`)))
        return
      case 'delete plain':
        expect(this.#plain.delete(canonical)).toBe(model.delete(`plain ${name}`))
        return
      case 'add number': {
        const sum = Number(model.get(`numbers ${name}`) ?? 0) + value
        expect(this.#numbers.add(canonical, value)).toBe(sum)
        model.set(`numbers ${name}`, `${sum}`)
        return
      }
      case 'delete number':
        expect(this.#numbers.delete(canonical)).toBe(model.delete(`numbers ${name}`))
        return
      case 'touch window': {
        const table = this.#windows.ensure(other)
        const row = table.get(canonical)
        if (row === undefined) table.insert(canonical, key, { n: value })
        else {
          row.value.n = value
          table.touch(row)
        }
        model.set(`windows ${other} ${name}`, `${value}`)
        return
      }
      case 'drop window':
        this.#windows.drop(other)
        // Each subtask drops it for its own keys; the others do the same deed.
        dropAll(`windows ${other} `)
        return
      case 'go through window':
        for (const row of this.#windows.at(other)?.rows() ?? []) {
          row.value.n++
          this.#windows.at(other)?.touch(row)
          model.set(`windows ${other} ${JSON.stringify(row.key)}`, `${row.value.n}`)
        }
        return
      case 'put into map':
        this.#map.put(other, { n: value })
        model.set(`map ${name} ${other}`, `${value}`)
        return
      case 'remove from map':
        this.#map.remove(other)
        model.delete(`map ${name} ${other}`)
        return
      case 'clear map':
        this.#map.clear()
        dropAll(`map ${name} `)
        return
      case 'add to list':
        this.#list.add(value)
        model.set(`list ${name}`, `${model.get(`list ${name}`) ?? ''},${value}`)
        return
      case 'clear list':
        this.#list.clear()
        model.delete(`list ${name}`)
        return
      case 'update value':
        this.#value.update(value)
        model.set(`value ${name}`, `${value}`)
        return
      case 'register timer':
        this.timers.registerEventTime(canonical, key, '', this.timers.watermark + 1 + other * 700)
        model.set(`timer ${name} ${this.timers.watermark + 1 + other * 700}`, '')
        return
      case 'delete timer':
        this.timers.deleteEventTime(canonical, '', this.timers.watermark + 1 + other * 700)
        model.delete(`timer ${name} ${this.timers.watermark + 1 + other * 700}`)
        return
      case 'fire timers':
        this.timers.advanceWatermark(Math.max(this.timers.watermark, 0) + other * 500, ({ key: fired, time }) => {
          expect(model.delete(`timer ${JSON.stringify(fired)} ${time}`)).toBe(true)
        })
        return
      case 'make room':
        this.room?.makeRoom(0)
    }
  }

  contents(): Map<string, string> {
    const found = new Map<string, string>()
    const add = (name: string, value: unknown): void => {
      expect(found.has(name), name).toBe(false)
      found.set(name, `${value}`)
    }
    for (const { key, value } of this.#plain.rows()) add(`plain ${JSON.stringify(key)}`, value.n)
    for (const { key, value } of this.#numbers.rows()) add(`numbers ${JSON.stringify(key)}`, value)
    for (const end of this.#windows.namespaces()) {
      for (const { key, value } of this.#windows.at(end)?.rows() ?? []) {
        add(`windows ${end} ${JSON.stringify(key)}`, value.n)
      }
    }
    this.state.forEachKey('map', key => {
      for (const [at, { n }] of this.#map.entries()) add(`map ${JSON.stringify(key)} ${at}`, n)
    })
    this.state.forEachKey('list', key => add(`list ${JSON.stringify(key)}`, `,${this.#list.get().join(',')}`))
    this.state.forEachKey('value', key => add(`value ${JSON.stringify(key)}`, this.#value.value()))
    for (const { key, time } of this.timers.snapshot()) add(`timer ${JSON.stringify(key)} ${time}`, '')
    return found
  }
}

const WHATS = [
  'put plain',
  'touch plain',
  'read plain',
  'read number',
  'delete plain',
  'add number',
  'delete number',
  'touch window',
  'drop window',
  'go through window',
  'put into map',
  'remove from map',
  'clear map',
  'add to list',
  'clear list',
  'update value',
  'register timer',
  'delete timer',
  'fire timers',
  'make room',
] as const

function asNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

interface Deed {
  readonly what: (typeof WHATS)[number]
  readonly key: string | number
  readonly other: number
  readonly value: number
}

type Step =
  | { readonly step: 'deed'; readonly deed: Deed }
  | { readonly step: 'freeze' | 'slice' | 'merge' | 'fail' }
  | { readonly step: 'restore'; readonly parallelism: number }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.record({
      step: fc.constant('deed' as const),
      deed: fc.record({
        what: fc.constantFrom(...WHATS),
        key: fc.oneof(
          fc.integer({ min: 0, max: 7 }),
          fc.constantFrom('', 'a', 'b', 'ü', 'a long key of some customer'),
        ),
        other: fc.integer({ min: 0, max: 3 }),
        value: fc.integer({ min: 0, max: 99 }),
      }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ step: fc.constantFrom('freeze' as const, 'freeze' as const, 'merge' as const) }),
  },
  { weight: 8, arbitrary: fc.record({ step: fc.constantFrom('slice' as const) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('fail' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ step: fc.constant('restore' as const), parallelism: fc.constantFrom(1, 2, 3, 5) }),
  },
)

/** Timers and windows are of all keys, so all subtasks do them. */
const FOR_ALL: readonly Deed['what'][] = ['drop window', 'go through window', 'fire timers', 'make room']

test('whatever happens to state between snapshots, their slices, merges and restores at other parallelisms, it is what a Map says', async () => {
  let restores = 0
  let capturedWhileChanging = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(undefined, 300, 1_500),
      fc.array(anyStep, { maxLength: 150, size: 'max' }),
      fc.boolean(),
      async (roomBytes, steps, inColumnsFirst) => {
        const store = new MemorySegments()
        // Either kind of table takes over the snapshots of the other.
        let inColumns = inColumnsFirst
        let subtasks = [new Subtask(store, roomBytes, 0, 1, inColumns)]
        let models = [new Map<string, string>()]
        let frozen: Map<string, string> = new Map()
        let running: ReturnType<Subtask['begin']>[] = []
        let completed:
          | { model: Map<string, string>; manifests: Uint8Array[]; operators: OperatorSnapshot[] }
          | undefined
        const merged = (): Map<string, string> => new Map(models.flatMap(model => [...model]))
        const complete = async (): Promise<void> => {
          if (running.length === 0) return
          for (const { snapshot } of running) {
            while (!snapshot.step(0)) await new Promise(resolve => setImmediate(resolve))
          }
          const ended = running
          running = []
          const outcomes = await Promise.allSettled(ended.map(({ snapshot }) => snapshot.done))
          if (outcomes.some(({ status }) => status === 'rejected')) return
          completed = {
            model: frozen,
            manifests: outcomes.map(outcome => encodeManifest((outcome as { value: StateManifest }).value)),
            operators: ended.map(({ operator }) => operator),
          }
        }
        const restore = async (parallelism: number): Promise<void> => {
          await complete()
          if (completed === undefined) return
          const { manifests, operators, model } = completed
          // What another attempt wrote after this snapshot is of no account.
          for (const subtask of subtasks) subtask.snapshots.close()
          subtasks = []
          inColumns = !inColumns
          for (let subtask = 0; subtask < parallelism; subtask++) {
            const manifest = assignManifest(manifests.map(decodeManifest), subtask, MAX_PARALLELISM, parallelism)
            const chain = await loadChain(manifest, store, plainCodec)
            subtasks.push(
              new Subtask(store, roomBytes, subtask, parallelism, inColumns, { manifest, chain, operators }),
            )
          }
          const found = subtasks.map(subtask => subtask.contents())
          expect(new Map(found.flatMap(contents => [...contents]).sort())).toEqual(new Map([...model].sort()))
          models = found
          restores++
          completed = undefined
        }
        for (const step of steps) {
          switch (step.step) {
            case 'deed': {
              const { deed } = step
              const owner = subtaskOfKeyGroup(keyGroupOf(deed.key, MAX_PARALLELISM), MAX_PARALLELISM, subtasks.length)
              for (const [i, subtask] of subtasks.entries()) {
                if (FOR_ALL.includes(deed.what) || i === owner) subtask.do(deed, models[i] as Map<string, string>)
              }
              if (running.length > 0) capturedWhileChanging++
              break
            }
            case 'freeze':
              await complete()
              frozen = merged()
              running = subtasks.map(subtask => subtask.begin())
              break
            case 'slice':
              for (const { snapshot } of running) snapshot.step(0)
              break
            case 'merge':
              for (const subtask of subtasks) {
                const failing = store.failure
                await subtask.snapshots.merge().catch(error => expect(error).toBe(failing))
              }
              break
            case 'fail':
              store.failure = new Error('the store is down')
              break
            case 'restore':
              store.failure = undefined
              await restore(step.parallelism)
          }
        }
        store.failure = undefined
        await complete()
        frozen = merged()
        running = subtasks.map(subtask => subtask.begin())
        const before = restores
        await restore(2)
        expect(restores).toBe(before + 1)
        for (const subtask of subtasks) expect(subtask.spills.openViews).toBe(0)
      },
    ),
    { numRuns: 250 },
  )
  expect(restores).toBeGreaterThan(150)
  expect(capturedWhileChanging).toBeGreaterThan(100)
}, 60_000)
