/**
 * Copies source[from, from + length) to target[at, at + length). Either may be a view of shared memory; they do not
 * overlap. A process may inject one that uses its runtime's native copy.
 */
export type CopyBytes = (source: Uint8Array, from: number, length: number, target: Uint8Array, at: number) => void

/**
 * Runs everywhere. Where shared memory takes part, engines copy word by word, and byte by byte when the two places are
 * aligned differently: for 32 KB that is 3 and 11 µs, a native copy takes 1.
 */
export const portableCopyBytes: CopyBytes = (source, from, length, target, at) => {
  target.set(from === 0 && length === source.length ? source : source.subarray(from, from + length), at)
}
