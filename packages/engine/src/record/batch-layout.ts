import { malformed } from './value-reader.ts'

/**
 * The layout of an encoded batch. All numbers are little-endian; a machine of the other order refuses the first word.
 *
 *  byte  0  MAGIC, u16
 *        2  body, u8: 0 values, 1 columns
 *        3  timestamps, u8: TIMESTAMPS
 *        4  records, u32
 *        8  bytes of the shape's descriptor, u32 (0 for values)
 *       12  units of the columns' text, u32; the highest bit says UTF-16, two bytes per unit, else latin1, one byte
 *       16  units of the value block's text, u32, in the same way
 *       20  bytes of the value block, u32
 *       24  timestamp of all, or base, f64
 *       32  float64 columns · int32 columns · byte columns · columns' text · value block's text · descriptor · value block
 *
 * A column holds one element per record. Timestamps that have a column come first among those of their width. The byte
 * columns and both texts are padded to an even number of bytes, so that UTF-16 is aligned.
 */
export const HEADER_BYTES = 32
export const MAGIC = 0x5731
const WIDE = 0x80000000

export const BODY = { values: 0, columns: 1 } as const

export const TIMESTAMPS = {
  /** The base is the timestamp of every record (-Infinity for records that have none). */
  same: 0,
  /** int32 column of differences to the base. */
  differences: 1,
  /** float64 column. */
  each: 2,
} as const

export interface BatchHeader {
  body: number
  timestamps: number
  count: number
  descriptorBytes: number
  textUnits: number
  textIsWide: boolean
  valueTextUnits: number
  valueTextIsWide: boolean
  valueBytes: number
  timestampBase: number
}

export function writeHeader(view: DataView, header: BatchHeader): void {
  view.setUint16(0, MAGIC, true)
  view.setUint8(2, header.body)
  view.setUint8(3, header.timestamps)
  view.setUint32(4, header.count, true)
  view.setUint32(8, header.descriptorBytes, true)
  view.setUint32(12, header.textUnits + (header.textIsWide ? WIDE : 0), true)
  view.setUint32(16, header.valueTextUnits + (header.valueTextIsWide ? WIDE : 0), true)
  view.setUint32(20, header.valueBytes, true)
  view.setFloat64(24, header.timestampBase, true)
}

/** Throws PROTOCOL when the first bytes are no header. Its lengths still are to be held against what is there. */
export function readHeader(view: DataView, header: BatchHeader): void {
  if (view.getUint16(0, true) !== MAGIC) throw malformed('a batch does not begin with its mark')
  header.body = view.getUint8(2)
  header.timestamps = view.getUint8(3)
  header.count = view.getUint32(4, true)
  header.descriptorBytes = view.getUint32(8, true)
  const text = view.getUint32(12, true)
  header.textUnits = text & ~WIDE
  header.textIsWide = text >= WIDE
  const valueText = view.getUint32(16, true)
  header.valueTextUnits = valueText & ~WIDE
  header.valueTextIsWide = valueText >= WIDE
  header.valueBytes = view.getUint32(20, true)
  header.timestampBase = view.getFloat64(24, true)
  if (header.body > BODY.columns || header.timestamps > TIMESTAMPS.each)
    throw malformed('a batch is of an unknown kind')
}

export function emptyHeader(): BatchHeader {
  return {
    body: 0,
    timestamps: 0,
    count: 0,
    descriptorBytes: 0,
    textUnits: 0,
    textIsWide: false,
    valueTextUnits: 0,
    valueTextIsWide: false,
    valueBytes: 0,
    timestampBase: 0,
  }
}

/** Where the sections of a batch begin, in bytes. */
export interface BatchSections {
  readonly float64: number
  readonly int32: number
  readonly bytes: number
  readonly text: number
}

/** Sections up to the text, for `count` records with these numbers of columns (timestamps included). */
export function sectionsOf(
  count: number,
  float64Columns: number,
  int32Columns: number,
  byteColumns: number,
): BatchSections {
  const int32 = HEADER_BYTES + 8 * float64Columns * count
  const bytes = int32 + 4 * int32Columns * count
  return { float64: HEADER_BYTES, int32, bytes, text: bytes + evenBytes(byteColumns * count) }
}

export function textBytes(units: number, isWide: boolean): number {
  return isWide ? 2 * units : evenBytes(units)
}

function evenBytes(bytes: number): number {
  return bytes + (bytes % 2)
}
