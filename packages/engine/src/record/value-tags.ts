/**
 * The tags of the value encoding: the first byte of every encoded value. Written into snapshots, so a number that was
 * once given keeps its meaning. Integers are little-endian; `varint` is LEB128, unsigned, at most 2^32 - 1.
 *
 * 0x00 to 0x7f is the integer itself. Strings lie in the text beside the bytes: their tag carries only the length.
 */
export const TAG = {
  null: 0x80,
  undefined: 0x81,
  false: 0x82,
  true: 0x83,
  /** An empty place in a sparse array. */
  hole: 0x84,
  int32: 0x85,
  float64: 0x86,
  /** varint units; the units are the next ones of the text. */
  string: 0x87,
  /** varint number of bytes, magnitude least significant byte first. */
  bigintPositive: 0x88,
  bigintNegative: 0x89,
  /** float64 ms since the epoch; NaN is an invalid date. */
  date: 0x8a,
  /** varint count, then the elements. */
  array: 0x8b,
  /** varint count of fields, the names (varint units each), then the values; defines the next shape number. */
  objectWithNewShape: 0x8c,
  /** varint shape number, then the values. */
  objectWithShape: 0x8d,
  /** varint count, then name (varint units) and value in turn: for objects that are used as dictionaries. */
  dictionary: 0x8e,
  /** varint count, then key and value in turn. */
  map: 0x8f,
  /** varint count, then the elements. */
  set: 0x90,
  /** varint units of source, varint units of flags. */
  regExp: 0x91,
  /** name, message, stack, and cause or `hole`: four values. */
  error: 0x92,
  /** varint number of bytes, the bytes. */
  arrayBuffer: 0x93,
  dataView: 0x94,
  /** One byte index into BINARY_VIEWS, varint number of bytes, the bytes in the machine's (little-endian) order. */
  typedArray: 0x95,
} as const

/** Objects nested deeper than this (or cyclic, which is the same) are refused, so that no input overflows the stack. */
export const DEPTH_MAX = 500
/** Objects with more fields than this share no shape: they are dictionaries rather than records. */
export const SHAPE_FIELDS_MAX = 32

/** Typed arrays by their index in the encoding. Append only. */
export const BINARY_VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const

/** `[[Class]]` of a value as Object.prototype.toString tells it: 'Object', 'Map', 'Uint8Array', … */
export function classOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Classes whose content no copy can carry. Sending them as plain objects would lose it without a word. */
export const OPAQUE_CLASSES: ReadonlySet<string> = new Set([
  'Promise',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'SharedArrayBuffer',
  'Number',
  'String',
  'Boolean',
  'Symbol',
  'BigInt',
  'Generator',
  'AsyncGenerator',
])
