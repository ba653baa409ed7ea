/// <reference path="./rocksdb-native.d.ts" />
import type RocksDB from 'rocksdb-native'

/** The binding's number for a get among the operations of a batch. */
const GET = 1

/**
 * The values of some keys, in their order; null where there is none. Throws the first error of a key. The bytes of the keys
 * are in use until it is through.
 *
 * The binding's own way gives a promise for each key, which costs more than the database takes to find it. This fills in
 * the list of operations that its batches hand to the native side, and takes the answer as it comes from there; so it
 * belongs to the exact version of the binding that the package names.
 */
export async function readMany(db: RocksDB, keys: readonly Uint8Array[]): Promise<readonly (ArrayBuffer | null)[]> {
  const batch = db.read({ capacity: Math.max(keys.length, 1) })
  const columnFamily = db._columnFamily._handle
  batch._operations = keys.map(key => ({ type: GET, key, columnFamily }))
  // The binding uses small batches again, whatever capacity is asked for.
  batch._resize()
  let answer: readonly (ArrayBuffer | null)[] = []
  batch._onread = (errors, values) => {
    answer = values
    batch._onfinished(errors.find(error => error instanceof Error) ?? null)
  }
  try {
    await batch.flush()
  } finally {
    batch.destroy()
  }
  return answer
}
