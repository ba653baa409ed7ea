import type { StateDisk } from '../../nexmark/state-disk.ts'
import { type Figure, figure, rounded } from './figures.ts'
import { type Machine, OtherLoad } from './machine.ts'
import { type RaceSettings, type Run, type RunRequest, type Side, tableOf } from './race-settings.ts'

/** One side's repeats. Figures of a second are millions of events. */
export interface SideResult {
  readonly millionPerSecond: Figure
  readonly millionPerCpuSecond: Figure
  readonly seconds: readonly number[]
  readonly cpuSeconds: readonly number[]
  readonly rows: number
  /** The largest of all repeats. */
  readonly peakRssMb: number
  /** The most of all repeats. Results that were kept before it was looked at do not have it, and Flink's never do. */
  readonly stateDisk?: StateDisk
}

/** A race over one query: what is printed, kept in the file of results, and shown on the page. */
export interface RaceResult extends RaceSettings {
  readonly table: string
  readonly repeat: number
  readonly flink: SideResult
  readonly weir: SideResult
  /** Weir's figure by Flink's, pair by pair. */
  readonly ratioPerCpuSecond: Figure
  readonly ratioPerSecond: Figure
  /** Cores that were busy with something else meanwhile: the largest average over a run. */
  readonly otherCores: number
  /** Day, YYYY-MM-DD. */
  readonly date: string
  /** The version of Weir, as git names it; null outside of a repository. */
  readonly commit: string | null
  readonly machine: Machine
}

export interface RaceOptions {
  readonly repeat: number
  /** Events of a first run of each side that is not counted; 0: none. */
  readonly warmupEvents: number
  readonly limitMs: number
  readonly file?: string
  /** Hears what is under way. */
  readonly note: (text: string) => void
}

export interface Contestants {
  readonly commit: string | null
  readonly flink: Side
  readonly weir: Side
  readonly machine: Machine
}

/** Lets both sides run in turn, Flink first, and compares them pair by pair. Different numbers of rows are an error. */
export async function race(
  { flink, weir, commit, machine }: Contestants,
  settings: RaceSettings,
  { repeat, warmupEvents, limitMs, file, note }: RaceOptions,
): Promise<RaceResult> {
  const request: RunRequest = { ...settings, sink: 'blackhole', ...(file === undefined ? {} : { file }) }
  const runs: Record<Side['name'], Run[]> = { flink: [], weir: [] }
  let otherCores = 0
  for (let i = warmupEvents > 0 ? 0 : 1; i <= repeat; i++) {
    for (const side of [flink, weir]) {
      note(i === 0 ? `${side.name} warms up` : `${side.name}, ${i} of ${repeat}`)
      const load = new OtherLoad([...flink.pids(), ...weir.pids()])
      // A file is read to its end, also for the warm-up.
      const run = await side.run(i === 0 ? { ...request, events: warmupEvents } : request, limitMs)
      if (i === 0) continue
      otherCores = Math.max(otherCores, load.cores())
      runs[side.name].push(run)
    }
  }
  sameRows(settings.query, runs)
  const ratios = (of: (run: Run) => number): Figure =>
    rounded(figure(runs.weir.map((run, i) => of(runs.flink[i] as Run) / of(run))), 3)
  return {
    table: tableOf(settings),
    ...settings,
    repeat,
    flink: sideResult(settings.events, runs.flink),
    weir: sideResult(settings.events, runs.weir),
    ratioPerCpuSecond: ratios(run => run.cpuSeconds),
    ratioPerSecond: ratios(run => run.seconds),
    otherCores: Number(otherCores.toFixed(2)),
    date: new Date().toISOString().slice(0, 10),
    commit,
    machine,
  }
}

function sameRows(query: string, runs: Readonly<Record<Side['name'], readonly Run[]>>): void {
  const counts = (of: readonly Run[]): string => [...new Set(of.map(run => run.rows))].join(', ')
  if (counts(runs.flink) === counts(runs.weir) && new Set(runs.flink.map(run => run.rows)).size === 1) return
  throw new Error(`${query}: the rows differ: ${counts(runs.flink)} by Flink, ${counts(runs.weir)} by Weir`)
}

function sideResult(events: number, runs: readonly Run[]): SideResult {
  const disks = runs.flatMap(({ stateDisk }) => stateDisk ?? [])
  const most = (of: (disk: StateDisk) => number): number => Math.max(...disks.map(of))
  const millions = (of: (run: Run) => number): Figure => rounded(figure(runs.map(run => events / of(run) / 1e6)), 3)
  return {
    millionPerSecond: millions(run => run.seconds),
    millionPerCpuSecond: millions(run => run.cpuSeconds),
    seconds: runs.map(run => run.seconds),
    cpuSeconds: runs.map(run => Number(run.cpuSeconds.toFixed(3))),
    rows: (runs[0] as Run).rows,
    peakRssMb: Math.max(...runs.map(run => run.peakRssMb)),
    ...(disks.length === 0
      ? {}
      : { stateDisk: { reads: most(disk => disk.reads), writes: most(disk => disk.writes) } }),
  }
}
