import { WeirError } from '@weir/engine/base/errors'
import { ManualClock } from '@weir/engine/testing/manual-clock'
import { expect, it } from 'vitest'
import { EXPIRY_INTERVAL_MS, ExpiredCredentials, KEPT_AFTER_EXPIRY_MS } from './expired-credentials.ts'

const settled = () => new Promise(resolve => setImmediate(resolve))

function watch(deleteExpired: (before: number) => Promise<number>) {
  const clock = new ManualClock(1_000_000_000_000)
  const lines: string[] = []
  const note = (_fields: object, line: string): void => void lines.push(line)
  const logger = { info: note, warn: note } as never
  return { clock, lines, watch: new ExpiredCredentials({ deleteExpired, clock, timers: clock, logger }) }
}

it('looks at the start and every hour, for what expired a day ago', async () => {
  const asked: number[] = []
  const { clock, watch: expired } = watch(async before => {
    asked.push(before)
    return 0
  })
  const begin = clock.now()
  expired.start()
  await settled()
  clock.advance(EXPIRY_INTERVAL_MS)
  await settled()
  expect(asked).toEqual([begin - KEPT_AFTER_EXPIRY_MS, begin - KEPT_AFTER_EXPIRY_MS + EXPIRY_INTERVAL_MS])
  expired.stop()
  clock.advance(10 * EXPIRY_INTERVAL_MS)
  await settled()
  expect(asked).toHaveLength(2)
})

it('goes on after a failure of the database, and says so', async () => {
  let calls = 0
  const {
    clock,
    lines,
    watch: expired,
  } = watch(async () => {
    if (calls++ === 0) throw new WeirError('DATABASE', 'away')
    return 3
  })
  expired.start()
  await settled()
  clock.advance(EXPIRY_INTERVAL_MS)
  await settled()
  expect(lines).toEqual([
    'expired credentials are not deleted yet: away',
    'deleted 3 expired tokens, sessions and login links',
  ])
  expired.stop()
})
