import { CONNECTOR_SPECS } from '@weir/connectors/specs'
import { TRANSFORM_SPECS } from '@weir/engine/operators/operator-specs'
import { expect, test } from 'vitest'
import { familyOf, typeWords } from './operator-type.ts'

test('every type that a job may use today has an icon of its own kind', () => {
  for (const { type, kind } of [...TRANSFORM_SPECS, ...CONNECTOR_SPECS]) {
    // What somebody makes himself may be anything.
    if (!type.startsWith('custom')) expect([type, familyOf(type, kind)]).not.toEqual([type, kind])
  }
})

test.each([
  ['slidingWindow', 'window'],
  ['countWindow', 'window'],
  ['coProcess', 'connect'],
  ['keyedCoProcess', 'connect'],
  ['broadcastProcess', 'broadcast'],
  ['intervalJoin', 'join'],
  ['windowJoin', 'join'],
  ['coGroup', 'join'],
  ['asyncMap', 'async'],
  ['statefulMap', 'state'],
  ['kafkaSource', 'topic'],
  ['postgresSink', 'database'],
  ['httpSource', 'web'],
  ['fileSink', 'file-sink'],
  ['fileSource', 'file-source'],
] as const)('%s is drawn as %s', (type, family) => {
  expect(familyOf(type)).toBe(family)
})

test('of a type whose name says nothing, its place in the graph decides', () => {
  expect(familyOf('zeppelin', 'source')).toBe('source')
  expect(familyOf('zeppelin', 'sink')).toBe('sink')
  expect(familyOf('zeppelin')).toBe('transform')
  expect(familyOf('zeppelinSink')).toBe('sink')
})

test('a part of a word is not that word', () => {
  expect(familyOf('summary', 'transform')).toBe('transform')
  expect(familyOf('cobbler', 'transform')).toBe('transform')
})

test('the name of a type reads as words', () => {
  expect(['keyedProcess', 'map', 'broadcast_process', 'async-map'].map(typeWords)).toEqual([
    'keyed process',
    'map',
    'broadcast process',
    'async map',
  ])
})
