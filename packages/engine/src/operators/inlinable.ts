import type { Operator } from './operator.ts'

/**
 * A stateless operator whose whole work is one call of a user's function, so that the chain compiler can write the call
 * into its loop: `map` goes on with what the function returns, `filter` goes on with the value where it returns something
 * truthy.
 */
export interface Inlinable extends Operator {
  readonly inline: 'map' | 'filter'
  readonly fn: (value: unknown) => unknown
}

export function isInlinable(operator: Operator): operator is Inlinable {
  return 'inline' in operator
}
