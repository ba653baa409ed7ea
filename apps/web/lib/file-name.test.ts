import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

test('a file is named by words that every system takes', () => {
  expect(fileNameOf(['bad/orders', '../to cents'], 'csv')).toBe('bad-orders-to-cents.csv')
  expect(fileNameOf(['…', '//'], 'ndjson')).toBe('weir.ndjson')
  expect(fileNameOf(['Köln'], 'csv')).toBe('Köln.csv')
})
