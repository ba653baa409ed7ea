import { WeirError } from '../base/errors.ts'
import { type ChainedOperator, PROBE_OPERATOR, type Probe } from './chain-plan.ts'

/**
 * Names the operator in an error that came out of a chain. Operators name themselves where they call user code; what
 * comes from inlined functions and from the outputs is placed by the probe.
 */
export function locateError(thrown: unknown, chain: readonly ChainedOperator[], probe: Probe): WeirError {
  if (thrown instanceof WeirError && thrown.place.operator !== undefined) return thrown
  const running = chain.find(chained => chained.probeId === probe[PROBE_OPERATOR])
  const operator = running?.name ?? chain[0].name
  const code = thrown instanceof WeirError ? thrown.code : 'USER_FUNCTION'
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  const error = new WeirError(code, `operator '${operator}': ${message}`, {
    cause: thrown,
    place: { ...(thrown instanceof WeirError ? thrown.place : {}), operator },
  })
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack
  return error
}
