import { describe, expect, test } from 'vitest'
import { OPERATOR_CASES } from '../testing/operator-cases.ts'
import { TRANSFORM_FACTORIES } from './operator-factories.ts'
import { TRANSFORM_SPECS } from './operator-specs.ts'

const specOf = new Map(TRANSFORM_SPECS.map(spec => [spec.type, spec]))

test('there is one spec for each factory, and they say something', () => {
  expect([...specOf.keys()].sort()).toEqual([...TRANSFORM_FACTORIES.keys()].sort())
  expect(TRANSFORM_SPECS).toHaveLength(specOf.size)
  for (const { title, help } of TRANSFORM_SPECS) expect(Math.min(title.length, help.length)).toBeGreaterThan(2)
})

test.each(OPERATOR_CASES.map(({ name, node }) => [name, node] as const))(
  'the config of the case %s is valid',
  (_, node) => {
    expect(specOf.get(node.type)?.config.safeParse(node.config)).toMatchObject({ success: true })
  },
)

describe('a wrong config is refused, with the place', () => {
  const tumbling = { type: 'tumbling', sizeMs: 10, time: 'event' }
  const sliding = { type: 'sliding', sizeMs: 10, slideMs: 5, time: 'event' }
  const count = { compute: { type: 'count' } }
  test.each([
    ['map', {}, ['fn']],
    ['map', { fn: 'x => x', more: 1 }, []],
    ['sum', {}, ['field']],
    ['sum', { field: '' }, ['field']],
    ['aggregate', { aggregator: { add: 'a' } }, ['aggregator', 'createAccumulator']],
    ['window', { assigner: { ...tumbling, sizeMs: 0 }, compute: { type: 'count' } }, ['assigner', 'sizeMs']],
    ['window', { assigner: { ...tumbling, sizeMs: 0.5 }, compute: { type: 'count' } }, ['assigner', 'sizeMs']],
    ['window', { assigner: { ...tumbling, offsetMs: 10 }, compute: { type: 'count' } }, ['assigner', 'offsetMs']],
    ['window', { assigner: tumbling, compute: { type: 'sum' } }, ['compute', 'field']],
    ['window', { assigner: tumbling, compute: { type: 'count', field: 'n' } }, ['compute', 'field']],
    ['window', { assigner: tumbling, compute: { type: 'reduce' } }, ['fn']],
    ['window', { assigner: tumbling, compute: { type: 'process' }, fn: 'x' }, ['fn']],
    ['window', { assigner: tumbling, compute: { type: 'count' }, windowFn: 'x' }, ['windowFn']],
    ['window', { assigner: tumbling, compute: { type: 'count' }, allowedLatenessMs: -1 }, ['allowedLatenessMs']],
    [
      'window',
      { assigner: { ...tumbling, time: 'processing' }, compute: { type: 'count' }, lateTag: 'l' },
      ['lateTag'],
    ],
    ['window', { assigner: { ...sliding, slideMs: 0 }, compute: { type: 'count' } }, ['assigner', 'slideMs']],
    ['window', { assigner: { ...sliding, offsetMs: 5 }, compute: { type: 'count' } }, ['assigner', 'offsetMs']],
    ['window', { assigner: { ...sliding, type: 'tumbling' }, compute: { type: 'count' } }, ['assigner']],
    ['window', { assigner: { type: 'session', gapMs: -1, time: 'event' }, ...count }, ['assigner', 'gapMs']],
    ['window', { assigner: { type: 'session', time: 'event' }, ...count }, ['assigner', 'gapMs']],
    ['window', { assigner: { type: 'global', time: 'event' }, ...count, allowedLatenessMs: 1 }, ['allowedLatenessMs']],
    ['window', { assigner: tumbling, ...count, trigger: { type: 'custom' } }, ['triggerFn']],
    ['window', { assigner: tumbling, ...count, trigger: { type: 'count', count: 1 }, triggerFn: 'x' }, ['triggerFn']],
    ['window', { assigner: tumbling, ...count, evictor: { type: 'delta', threshold: 1 } }, ['evictorFn']],
    ['window', { assigner: tumbling, ...count, evictor: { type: 'count', count: 0 } }, ['evictor', 'count']],
    [
      'window',
      {
        assigner: { type: 'session', gapMs: 1, time: 'event' },
        ...count,
        trigger: { type: 'custom' },
        triggerFn: { onElement: 'x', onEventTime: 'x', onProcessingTime: 'x', clear: 'x' },
      },
      ['triggerFn', 'onMerge'],
    ],
  ])('%s %j', (type, config, path) => {
    const parsed = specOf.get(type)?.config.safeParse(config)
    expect(parsed?.success).toBe(false)
    const paths = parsed?.error?.issues.map(issue => issue.path)
    expect(paths).toContainEqual(path)
  })
})
