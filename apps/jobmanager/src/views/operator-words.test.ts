import { jobGraphSchema } from '@weir/engine/graph/job-graph'
import { expect, test } from 'vitest'
import { operatorWords } from './operator-words.ts'

const graph = jobGraphSchema.parse({
  name: 'orders',
  parallelism: 1,
  nodes: [
    { uid: 'fileSource-0676ca7a9c', type: 'fileSource', name: 'fileSource' },
    { uid: 'numbers', type: 'datagen', name: 'numbers' },
    { uid: 'map-1d48e035c6', type: 'map', name: 'map' },
    { uid: 'filter-ecb6493cb4', type: 'filter', name: 'filter' },
    { uid: 'keyedProcess-1', type: 'keyedProcess', name: 'keyedProcess-1' },
    { uid: 'print-b8f98363c8', type: 'print', name: 'print' },
    { uid: 'fileSink-2', type: 'fileSink', name: 'fileSink' },
  ],
  edges: [
    { from: 'numbers', to: 'map-1d48e035c6' },
    { from: 'fileSource-0676ca7a9c', to: 'filter-ecb6493cb4' },
    { from: 'map-1d48e035c6', to: 'keyedProcess-1' },
    { from: 'keyedProcess-1', to: 'print-b8f98363c8' },
    { from: 'filter-ecb6493cb4', to: 'fileSink-2' },
  ],
})

test.each([
  ['fileSource-0676ca7a9c', 'the file source'],
  ['map-1d48e035c6', "the map after 'numbers'"],
  ['filter-ecb6493cb4', 'the filter after the file source'],
  ['keyedProcess-1', 'the keyed process after the map'],
  ['print-b8f98363c8', 'the print sink after the keyed process'],
  ['fileSink-2', 'the file sink after the filter'],
])('an operator without a name (%s) is called by its type and its place', (uid, words) => {
  expect(operatorWords(graph, uid)).toBe(words)
})

test('one that has a name is called by that', () => {
  expect(operatorWords(graph, 'numbers')).toBe(null)
})
