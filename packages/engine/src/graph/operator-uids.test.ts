import fc from 'fast-check'
import { expect, test } from 'vitest'
import { operatorUids, type UidSeed } from './operator-uids.ts'

const operator = (type: string, name: string, from: readonly number[] = [], rest: Partial<UidSeed> = {}): UidSeed => ({
  type,
  name,
  inputs: from.map(index => ({ from: index, output: null, input: 0 })),
  ...rest,
})

test('a uid says its type and follows from type, name and inputs', () => {
  const uids = operatorUids([operator('source', 'a'), operator('map', 'm', [0]), operator('map', 'm', [1])])
  expect(uids).toEqual([
    expect.stringMatching(/^source-[\da-f]{10}$/),
    expect.stringMatching(/^map-[\da-f]{10}$/),
    expect.stringMatching(/^map-[\da-f]{10}$/),
  ])
  expect(new Set(uids).size).toBe(3)
  for (const changed of [operator('map', 'other', [0]), operator('filter', 'm', [0])]) {
    expect(operatorUids([operator('source', 'a'), changed])[1]).not.toBe(uids[1])
  }
})

test('the uid that is known from before stays: a change of it would lose the state of running jobs', () => {
  expect(operatorUids([operator('fileSource', 'fileSource'), operator('map', 'map', [0])])).toEqual([
    'fileSource-0676ca7a9c',
    'map-568a3c6b20',
  ])
})

test('an operator after a side output differs from one after the main output', () => {
  const side = operator('map', 'm', [], { inputs: [{ from: 0, output: 'late', input: 0 }] })
  const [, main, late] = operatorUids([operator('s', 's'), operator('map', 'm', [0]), side])
  expect(main).not.toBe(late)
})

test('the order in which streams are united plays no part', () => {
  const sources = [operator('s', 'a'), operator('s', 'b')]
  expect(operatorUids([...sources, operator('map', 'm', [0, 1])])).toEqual(
    operatorUids([...sources, operator('map', 'm', [1, 0])]),
  )
})

test('twins are told apart by their order, and what follows them by their uids', () => {
  const source = operator('s', 's')
  const uids = operatorUids([
    source,
    operator('map', 'm', [0]),
    operator('map', 'm', [0]),
    operator('sink', 'k', [1]),
    operator('sink', 'k', [2]),
  ])
  expect(uids[2]).toBe(`${uids[1]}-2`)
  expect(uids[3]).not.toBe(uids[4])
})

test('a uid of the user is taken as it is, and made ones keep clear of it', () => {
  const [made] = operatorUids([operator('map', 'm')])
  expect(operatorUids([operator('map', 'm'), operator('x', 'x', [], { uid: made as string })])).toEqual([
    `${made}-2`,
    made,
  ])
})

test('a uid that the user gave twice is an error that names both operators', () => {
  const twice = () =>
    operatorUids([operator('map', 'first', [], { uid: 'u' }), operator('map', 'second', [], { uid: 'u' })])
  expect(twice).toThrow(
    expect.objectContaining({ code: 'JOB_GRAPH', message: expect.stringMatching(/"u".*"first" and "second"/) }),
  )
})

/** Jobs of operators that each have inputs among those before them. */
const jobs: fc.Arbitrary<UidSeed[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('map', 'filter', 'sum'),
      name: fc.constantFrom('a', 'b'),
      inputs: fc.array(fc.nat(), { maxLength: 3 }),
      uid: fc.option(fc.constant(true), { nil: undefined, freq: 6 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map(drafts =>
    drafts.map(({ type, name, inputs, uid }, index) =>
      operator(type, name, index === 0 ? [] : inputs.map(from => from % index), uid ? { uid: `user-${index}` } : {}),
    ),
  )

test('uids are unique, and the same each time', () => {
  fc.assert(
    fc.property(jobs, operators => {
      const uids = operatorUids(operators)
      expect(new Set(uids).size).toBe(operators.length)
      expect(operatorUids(operators)).toEqual(uids)
    }),
  )
})

test('an operator that is added anywhere shifts no other', () => {
  fc.assert(
    fc.property(jobs, fc.nat(), fc.array(fc.nat(), { maxLength: 2 }), (operators, place, inputs) => {
      const at = place % (operators.length + 1)
      const added = operator('added', 'new', at === 0 ? [] : inputs.map(from => from % at))
      const shifted: UidSeed[] = operators.map(seed => ({
        ...seed,
        inputs: seed.inputs.map(input => ({ ...input, from: input.from >= at ? input.from + 1 : input.from })),
      }))
      const uids = operatorUids(shifted.toSpliced(at, 0, added))
      expect(uids.toSpliced(at, 1)).toEqual(operatorUids(operators))
    }),
  )
})

test('a twin that is added behind its twins shifts none of them', () => {
  fc.assert(
    fc.property(jobs, fc.nat(), (operators, which) => {
      const { uid: _, ...twin } = operators[which % operators.length] as UidSeed
      const longer: UidSeed[] = [...operators, twin]
      const uids = operatorUids(longer)
      expect(uids.slice(0, -1)).toEqual(operatorUids(operators))
    }),
  )
})
