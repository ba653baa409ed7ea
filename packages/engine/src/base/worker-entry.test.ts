import { expect, test } from 'vitest'
import { workerEntry } from './worker-entry.ts'

test('in the sources a worker is where its source is, in a bundle beside the main file', () => {
  const source = '../slots/slot-worker.ts'
  expect(workerEntry('file:///app/src/network/main.ts', source).href).toBe('file:///app/src/slots/slot-worker.ts')
  expect(workerEntry('file:///app/dist/main.js', source).href).toBe('file:///app/dist/slot-worker.js')
  expect(workerEntry('file:///app/dist/main.js', './own-worker.ts').href).toBe('file:///app/dist/own-worker.js')
})
