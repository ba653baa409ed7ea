import { assert } from '../base/assert.ts'
import { KEY_TAG, KeyEncoder } from './key-encoding.ts'
import { murmur3, murmur3OfAscii, murmur3OfInt32 } from './murmur3.ts'

/** As in Flink. */
export const MAX_PARALLELISM_LIMIT = 32_768
export const DEFAULT_MAX_PARALLELISM = 128

const encoder = new KeyEncoder()

/**
 * The key group of a key, in [0, maxParallelism): keyed state moves between subtasks in whole key groups, as in Flink.
 * A job's max parallelism is fixed when it is created, so a key keeps its group for good. Throws KEY_TYPE for what
 * cannot be a key.
 */
export function keyGroupOf(key: unknown, maxParallelism: number): number {
  const hash = hashOf(key)
  const mask = maxParallelism - 1
  // A division takes longer than the hash of a number: powers of two, as the default is one, do without.
  if ((maxParallelism & mask) === 0) return hash & mask
  // The shifts change nothing but let the engine divide integers, which is several times faster than doubles.
  return (hash >>> 0) % (maxParallelism >>> 0)
}

/** murmur3 of the canonical bytes. Most keys are ASCII or small integers: these are hashed without writing the bytes. */
function hashOf(key: unknown): number {
  if (typeof key === 'string') {
    const hash = murmur3OfAscii(KEY_TAG.string, key)
    if (hash >= 0) return hash
  } else if (typeof key === 'number' && (key | 0) === key) {
    return murmur3OfInt32(KEY_TAG.int32, key | 0)
  }
  const length = encoder.encode(key)
  return murmur3(encoder.bytes, length)
}

/** The key group of a key whose canonical bytes are at hand. */
export function keyGroupOfBytes(bytes: Uint8Array, maxParallelism: number): number {
  return murmur3(bytes, bytes.length) % maxParallelism
}

/** The subtask that owns a key group when the operator has this parallelism (Flink's assignment). */
export function subtaskOfKeyGroup(keyGroup: number, maxParallelism: number, parallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism)
}

/** Both ends belong to the range. */
export interface KeyGroupRange {
  readonly first: number
  readonly last: number
}

/** The key groups of one subtask: those, and only those, that `subtaskOfKeyGroup` gives to it. Never empty. */
export function keyGroupRange(subtask: number, maxParallelism: number, parallelism: number): KeyGroupRange {
  assert(
    Number.isInteger(maxParallelism) && maxParallelism >= 1 && maxParallelism <= MAX_PARALLELISM_LIMIT,
    `max parallelism ${maxParallelism} is not in 1 to ${MAX_PARALLELISM_LIMIT}`,
  )
  assert(
    Number.isInteger(parallelism) && parallelism >= 1 && parallelism <= maxParallelism,
    `parallelism ${parallelism} is not in 1 to ${maxParallelism}`,
  )
  assert(
    Number.isInteger(subtask) && subtask >= 0 && subtask < parallelism,
    `there is no subtask ${subtask} of ${parallelism}`,
  )
  const first = Math.ceil((subtask * maxParallelism) / parallelism)
  const last = Math.floor(((subtask + 1) * maxParallelism - 1) / parallelism)
  return { first, last }
}
