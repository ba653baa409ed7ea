import { WeirError } from '../base/errors.ts'
import { decodeKey } from '../record/key-encoding.ts'

/**
 * The key of a snapshot entry, and of a row on disk: the canonical bytes of the record's key; before them, where there is a
 * namespace, it as a big-endian float64; and for an entry of a map the bytes of the record's key with their number before
 * them, then those of the key in the map. Equal places have equal bytes, so a later entry can replace an earlier one.
 */
const NAMESPACE_BYTES = 8

/** -0 and 0 are one namespace. */
export function namespaceBytes(namespace: number): Uint8Array {
  const bytes = new Uint8Array(NAMESPACE_BYTES)
  new DataView(bytes.buffer).setFloat64(0, namespace === 0 ? 0 : namespace)
  return bytes
}

/** `keyBytes` as `encodeKey` gives them. */
export function namespacedEntryKey(namespace: number, keyBytes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(NAMESPACE_BYTES + keyBytes.length)
  bytes.set(namespaceBytes(namespace))
  bytes.set(keyBytes, NAMESPACE_BYTES)
  return bytes
}

export function readNamespacedEntryKey(bytes: Uint8Array): { namespace: number; key: unknown } {
  if (bytes.length < NAMESPACE_BYTES) throw cutOff()
  const namespace = new DataView(bytes.buffer, bytes.byteOffset, NAMESPACE_BYTES).getFloat64(0)
  return { namespace, key: decodeKey(bytes.subarray(NAMESPACE_BYTES)) }
}

/** The number of bytes as a big-endian u32, then the bytes: no such text begins another. */
export function countedKey(keyBytes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + keyBytes.length)
  new DataView(bytes.buffer).setUint32(0, keyBytes.length)
  bytes.set(keyBytes, 4)
  return bytes
}

export function mapEntryKey(keyBytes: Uint8Array, mapKeyBytes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + keyBytes.length + mapKeyBytes.length)
  bytes.set(countedKey(keyBytes))
  bytes.set(mapKeyBytes, 4 + keyBytes.length)
  return bytes
}

/** The counted key that stands at `from`, and what follows it. */
export function readCountedKey(bytes: Uint8Array, from = 0): { key: Uint8Array; rest: Uint8Array } {
  if (bytes.length < from + 4) throw cutOff()
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(from)
  if (bytes.length < from + 4 + length) throw cutOff()
  return { key: bytes.subarray(from + 4, from + 4 + length), rest: bytes.subarray(from + 4 + length) }
}

function cutOff(): WeirError {
  return new WeirError('PROTOCOL', 'The key of an entry of state is cut off.')
}
