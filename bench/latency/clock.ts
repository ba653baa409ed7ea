/** Wall-clock time in ms since the epoch, with fractions; the same in all threads of a machine. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
