/**
 * Records of one key and side of an interval join, ascending by time; those of one time in the order of their arrival.
 * Plain data, changed in place.
 */
export interface TimedRecords {
  readonly times: number[]
  readonly values: unknown[]
}

/** Mostly at the end, since records come roughly in order. */
export function addInOrder({ times, values }: TimedRecords, time: number, value: unknown): void {
  const last = times.length - 1
  if (last < 0 || times[last] <= time) {
    times.push(time)
    values.push(value)
    return
  }
  const at = firstAfter(times, time)
  times.splice(at, 0, time)
  values.splice(at, 0, value)
}

/** Index of the first record that is not before `time`. */
export function firstAtOrAfter({ times }: TimedRecords, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle] < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Takes away all records before `time`. */
export function dropBefore(records: TimedRecords, time: number): TimedRecords {
  const expired = firstAtOrAfter(records, time)
  if (expired > 0) {
    records.times.splice(0, expired)
    records.values.splice(0, expired)
  }
  return records
}

function firstAfter(times: readonly number[], time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle] <= time) low = middle + 1
    else high = middle
  }
  return low
}
