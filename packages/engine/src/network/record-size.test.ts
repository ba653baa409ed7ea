import { expect, it } from 'vitest'
import { estimateBatchBytes, estimateRecordBytes } from './record-size.ts'

it('the estimate grows with what is in a record, and bounds its own work', () => {
  const sizes = [null, { a: 1 }, { a: 1, b: 'x'.repeat(50) }, [{ a: 1 }, { a: 2 }, 'x'.repeat(100)], 'x'.repeat(500)]
  const estimates = sizes.map(value => estimateRecordBytes(value))
  expect(estimates).toEqual([...estimates].sort((a, b) => a - b))
  expect(estimateRecordBytes(new Uint8Array(10_000))).toBeGreaterThanOrEqual(10_000)
  expect(estimateRecordBytes(Array.from({ length: 1_000_000 }, () => 1))).toBeGreaterThan(8_000_000)
  expect(estimateRecordBytes(12n)).toBeGreaterThan(8)
})

it('a record that refers to itself has a size too', () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(estimateRecordBytes(circle)).toBeLessThan(1_000)
})

it('a batch is judged by a sample of its records, the first not more than the others', () => {
  const small = Array.from({ length: 100 }, () => 'x')
  expect(estimateBatchBytes(small, 100)).toBe(100 * estimateRecordBytes('x'))
  const rising = [...small, ...Array.from({ length: 100 }, () => 'x'.repeat(10_000))]
  expect(estimateBatchBytes(rising, 200)).toBeGreaterThan(500_000)
  expect(estimateBatchBytes(rising, 100)).toBeLessThan(5_000)
  expect(estimateBatchBytes([], 0)).toBe(0)
})
