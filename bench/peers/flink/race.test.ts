import { expect, test } from 'vitest'
import type { StateDisk } from '../../nexmark/state-disk.ts'
import { type RaceOptions, race } from './race.ts'
import type { Run, RunRequest, Side } from './race-settings.ts'
import { resultOf, SETTINGS } from './testing.ts'

const { machine, commit } = resultOf('q5', 1)
const options: RaceOptions = { repeat: 3, warmupEvents: 500, limitMs: 1000, note: () => undefined }

/** A side whose runs take what the list says, CPU seconds, and that writes down who ran how many events. */
function scripted(
  name: Side['name'],
  cpuSeconds: readonly number[],
  log: string[],
  rows = [7],
  disk: readonly StateDisk[] = [],
): Side {
  let at = 0
  return {
    name,
    pids: () => [],
    run({ events }: RunRequest): Promise<Run> {
      log.push(`${name} ${events}`)
      const seconds = cpuSeconds[at % cpuSeconds.length] as number
      const run = { seconds: seconds * 2, cpuSeconds: seconds, rows: rows[at % rows.length] as number }
      const stateDisk = disk[at]
      at++
      return Promise.resolve({ ...run, digest: null, peakRssMb: at, ...(stateDisk === undefined ? {} : { stateDisk }) })
    },
    stop: () => Promise.resolve(),
  }
}

test('the sides run in turn, after a run of each that is not counted', async () => {
  const log: string[] = []
  const sides = {
    flink: scripted('flink', [100, 1, 2, 4], log),
    weir: scripted('weir', [100, 2, 1, 1], log),
    machine,
    commit,
  }
  const result = await race(sides, SETTINGS, options)
  const pair = ['flink 2000000', 'weir 2000000']
  expect(log).toEqual(['flink 500', 'weir 500', ...pair, ...pair, ...pair])
  expect(result.flink.cpuSeconds).toEqual([1, 2, 4])
  expect(result.weir.millionPerCpuSecond).toEqual({ median: 2, min: 1, max: 2 })
  expect(result.weir.millionPerSecond.median).toBe(1)
  expect(result.flink.peakRssMb).toBe(4)
})

test('the ratio is that of runs that followed one another', async () => {
  const sides = { flink: scripted('flink', [1, 2, 4], []), weir: scripted('weir', [2, 1, 1], []), machine, commit }
  const result = await race(sides, SETTINGS, { ...options, warmupEvents: 0 })
  expect(result.ratioPerCpuSecond).toEqual({ median: 2, min: 0.5, max: 4 })
})

test('of the rows that went to disk the result has the most of all repeats, for the side that counts them', async () => {
  const disk = [
    { reads: 5, writes: 0 },
    { reads: 0, writes: 7 },
    { reads: 1, writes: 1 },
  ]
  const sides = { flink: scripted('flink', [1], []), weir: scripted('weir', [1], [], [7], disk), machine, commit }
  const result = await race(sides, SETTINGS, { ...options, warmupEvents: 0 })
  expect(result.weir.stateDisk).toEqual({ reads: 5, writes: 7 })
  expect(result.flink).not.toHaveProperty('stateDisk')
})

test.each([
  ['by the other side', [7], [8]],
  ['from run to run', [7, 8, 7], [7, 8, 7]],
])('another number of rows %s is an error', async (_, flinkRows, weirRows) => {
  const sides = {
    flink: scripted('flink', [1], [], flinkRows),
    weir: scripted('weir', [1], [], weirRows),
    machine,
    commit,
  }
  await expect(race(sides, SETTINGS, { ...options, warmupEvents: 0 })).rejects.toThrow('q5: the rows differ')
})
