import { WeirError } from '../base/errors.ts'
import { sha256Hex } from './sha-256.ts'

/** What an operator's uid is made from. */
export interface UidSeed {
  readonly type: string
  readonly name: string
  /** Given by the user: taken as it is. */
  readonly uid?: string
  readonly inputs: readonly UidInput[]
}

export interface UidInput {
  /** Index of the operator that the records come from; lower than this operator's own. */
  readonly from: number
  /** Tag of the side output, or null for the main output. */
  readonly output: string | null
  readonly input: number
}

const HASH_DIGITS = 10

/**
 * The uids of a job's operators, in their order (producers before consumers).
 *
 * A uid that the user did not give follows from the operator's type and name and the uids of its inputs, so an operator
 * that is added elsewhere shifts no other. Only siblings that are equal in all of that are told apart by their order:
 * the first has the plain uid, the next ones `-2`, `-3`. Throws JOB_GRAPH when the user gave one uid twice.
 */
export function operatorUids(operators: readonly UidSeed[]): string[] {
  const taken = givenUids(operators)
  const uids: string[] = []
  for (const operator of operators) {
    if (operator.uid !== undefined) {
      uids.push(operator.uid)
      continue
    }
    const base = `${operator.type}-${hashOf(operator, uids)}`
    let uid = base
    for (let twin = 2; taken.has(uid); twin++) uid = `${base}-${twin}`
    taken.add(uid)
    uids.push(uid)
  }
  return uids
}

function givenUids(operators: readonly UidSeed[]): Set<string> {
  const nameOf = new Map<string, string>()
  for (const { uid, name } of operators) {
    if (uid === undefined) continue
    const other = nameOf.get(uid)
    if (other !== undefined) {
      throw new WeirError(
        'JOB_GRAPH',
        `the uid "${uid}" is given to two operators, "${other}" and "${name}"; give each its own with .uid()`,
        { place: { operator: name } },
      )
    }
    nameOf.set(uid, name)
  }
  return new Set(nameOf.keys())
}

function hashOf(operator: UidSeed, uids: readonly string[]): string {
  // Sorted, so that the order in which streams are united plays no part.
  const inputs = operator.inputs.map(({ from, output, input }) => JSON.stringify([input, uids[from], output])).sort()
  return sha256Hex(JSON.stringify([operator.type, operator.name, ...inputs])).slice(0, HASH_DIGITS)
}
