import { isWeirError, WeirError } from '../base/errors.ts'
import { withFrozenHint } from '../base/frozen-records.ts'
import { recordText } from '../base/record-text.ts'
import { describeThrown } from '../base/thrown.ts'
import { type ChainedOperator, PROBE_OPERATOR, type Probe } from './chain-plan.ts'

/**
 * Names the operator in an error that came out of a chain. Operators name themselves where they call user code; what
 * comes from inlined functions and from the outputs is placed by the probe. `at` holds the record that was on its way when
 * it happened, if one was: the one that the operator got, or that it was giving on. The innermost counts.
 */
export function locateError(
  thrown: unknown,
  chain: readonly ChainedOperator[],
  probe: Probe,
  at?: readonly [record: unknown],
): WeirError {
  const located = named(thrown, chain, probe)
  if (at === undefined || located.place.record !== undefined) return located
  const error = new WeirError(located.code, located.message, {
    cause: located.cause,
    place: { ...located.place, record: recordText(at[0]) },
    problems: located.problems,
  })
  if (located.stack !== undefined) error.stack = located.stack
  return error
}

function named(thrown: unknown, chain: readonly ChainedOperator[], probe: Probe): WeirError {
  const known = isWeirError(thrown) ? thrown : undefined
  if (known?.place.operator !== undefined) return known
  const running = chain.find(chained => chained.probeId === probe[PROBE_OPERATOR])
  const operator = running?.name ?? chain[0].name
  const { message, stack } = describeThrown(thrown)
  const text = `operator '${operator}': ${withFrozenHint(message, thrown)}`
  const error = new WeirError(known?.code ?? 'USER_FUNCTION', text, {
    cause: thrown,
    place: { ...known?.place, operator },
  })
  if (stack !== undefined) error.stack = stack
  return error
}
