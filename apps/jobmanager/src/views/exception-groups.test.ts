import { expect, test } from 'vitest'
import type { JobException } from '../dispatcher/control-plane.ts'
import { exceptionGroups, maskedMessage } from './exception-groups.ts'
import { clicksGraph } from './testing/made-up-job.ts'

const source = ['import x', 'const a = 1', '  throw new Error(String(a))  ', 'end'].join('\n')

const exception = (at: number, message: string, change: Partial<JobException> = {}): JobException => ({
  at,
  attempt: 1,
  code: 'USER_FUNCTION',
  operator: 'count',
  subtask: 2,
  message: `operator 'count': ${message}`,
  stack: `Error: ${message}\n    at inner (lib/other.ts:1:2)\n    at clicks.ts:3:9\n    at run (file:///app/x.js:1:1)`,
  record: '{"id":7}',
  ...change,
})

const groupsOf = (exceptions: JobException[]) =>
  exceptionGroups(exceptions, clicksGraph, { fileName: 'clicks.ts', source })

test('what says the same but for numbers and quoted values is one group', () => {
  expect(maskedMessage('bad order 150 at 12:03:04, -1.5e')).toBe(maskedMessage('bad order 7 at 1:2:3, 4e'))
  expect(maskedMessage(`cannot read 'x' of "a \\" b"`)).toBe(maskedMessage(`cannot read 'why' of "c"`))
  expect(maskedMessage("don't do it, user's fault")).toBe("don't do it, user's fault")
  expect(maskedMessage('bad order')).not.toBe(maskedMessage('bad offer'))
})

test('groups have their latest message, how often it came, and examples with the user’s own line', () => {
  const [group, ...others] = groupsOf([
    exception(300, 'bad order 9', { attempt: 3 }),
    exception(200, 'bad order 8'),
    exception(100, 'bad order 7'),
  ])
  expect(others).toEqual([])
  expect(group).toMatchObject({
    code: 'USER_FUNCTION',
    operator: { uid: 'count', name: 'count' },
    message: 'bad order 9',
    count: 3,
    firstAt: 100,
    lastAt: 300,
  })
  expect(group!.examples.map(({ at }) => at)).toEqual([300, 200, 100])
  expect(group!.examples[0]).toMatchObject({
    attempt: 3,
    subtask: 2,
    message: 'bad order 9',
    record: '{"id":7}',
    place: { line: 3, column: 9 },
    sourceLine: '  throw new Error(String(a))',
  })
})

test('another operator, code or line is another group; those that came last come first', () => {
  const groups = groupsOf([
    exception(400, 'bad 1', { operator: 'late' }),
    exception(300, 'bad 1', { code: 'TASK_MANAGER_LOST', operator: null, stack: null }),
    exception(200, 'bad 1', { stack: 'Error\n    at clicks.ts:2:1' }),
    exception(100, 'bad 1'),
  ])
  expect(groups.map(({ lastAt, operator }) => [lastAt, operator?.uid ?? null])).toEqual([
    [400, 'late'],
    [300, null],
    [200, 'count'],
    [100, 'count'],
  ])
  expect(groups[1]!.examples[0]).toMatchObject({ place: null, sourceLine: null })
  expect(new Set(groups.map(({ key }) => key)).size).toBe(4)
})

test('a group shows its newest 20', () => {
  const many = Array.from({ length: 50 }, (_, index) => exception(1_000 - index, 'bad 1'))
  const [group] = groupsOf(many)
  expect(group!.count).toBe(50)
  expect(group!.examples).toHaveLength(20)
  expect(group!.examples.at(-1)!.at).toBe(981)
})
