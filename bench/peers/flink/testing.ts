import type { RaceResult } from './race.ts'
import { DEFAULT_MANAGED_MB, DEFAULT_MEMORY_MB, type RaceSettings } from './race-settings.ts'

/** Races and results for the tests of this folder. */
export const SETTINGS: RaceSettings = {
  query: 'q5',
  events: 2_000_000,
  rate: 100_000,
  seed: 1,
  parallelism: 1,
  state: 'memory',
  source: 'generator',
  text: 'pooled',
  memoryMb: DEFAULT_MEMORY_MB,
  managedMb: DEFAULT_MANAGED_MB,
}

export function resultOf(query: string, ratio: number, more: Partial<RaceResult> = {}): RaceResult {
  const one = { median: 1, min: 1, max: 1 }
  const flink = {
    millionPerSecond: one,
    millionPerCpuSecond: one,
    seconds: [2],
    cpuSeconds: [2],
    rows: 7,
    peakRssMb: 5,
  }
  const weir = { ...flink, millionPerCpuSecond: { median: ratio, min: ratio, max: ratio } }
  return {
    ...SETTINGS,
    query,
    table: 'memory-p1-pooled',
    repeat: 1,
    flink,
    weir,
    ratioPerCpuSecond: { median: ratio, min: ratio - 0.1, max: ratio + 0.1 },
    ratioPerSecond: one,
    otherCores: 0.05,
    date: '2026-11-22',
    commit: 'abc1234',
    machine: {
      cores: 2,
      cpuModel: 'A Processor',
      memoryGb: 24,
      system: 'linux 6',
      node: '24.21.0',
      java: '17.0.15',
      flink: '2.2.0',
    },
    ...more,
  }
}
