import { WeirError } from '../base/errors.ts'
import { decodeKey } from '../record/key-encoding.ts'

/**
 * The key of a snapshot entry: the canonical bytes of the record's key, with the namespace, where there is one, as a
 * big-endian float64 before them. Equal places have equal bytes, so a later entry can replace an earlier one.
 */
const NAMESPACE_BYTES = 8

/** `keyBytes` as `encodeKey` gives them. */
export function namespacedEntryKey(namespace: number, keyBytes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(NAMESPACE_BYTES + keyBytes.length)
  // -0 and 0 are one namespace.
  new DataView(bytes.buffer).setFloat64(0, namespace === 0 ? 0 : namespace)
  bytes.set(keyBytes, NAMESPACE_BYTES)
  return bytes
}

export function readNamespacedEntryKey(bytes: Uint8Array): { namespace: number; key: unknown } {
  if (bytes.length < NAMESPACE_BYTES)
    throw new WeirError('PROTOCOL', 'An entry of a snapshot is cut off in its namespace.')
  const namespace = new DataView(bytes.buffer, bytes.byteOffset, NAMESPACE_BYTES).getFloat64(0)
  return { namespace, key: decodeKey(bytes.subarray(NAMESPACE_BYTES)) }
}
