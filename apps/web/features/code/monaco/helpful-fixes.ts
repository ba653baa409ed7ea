/** What is used here of TypeScript's fixes; `fixName` is the kind, the same in every language. */
export interface OfferedFix {
  readonly fixName: string
  readonly changes: readonly { readonly fileName: string }[]
}

/** A name, also a type's or a module's, that is nowhere, or only with a library or a package that jobs do not have. */
const NO_SUCH_NAME: ReadonlySet<number> = new Set([
  2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2867, 2868, 18004,
])
/** A method, a property or an export that is not there. */
const NO_SUCH_MEMBER: ReadonlySet<number> = new Set([2305, 2339, 2550, 2551, 2568, 2724])
/** What is right where a name is wrong: the one that was meant. To declare what is not there makes it no more there. */
const FOR_NAMES: ReadonlySet<string> = new Set(['spelling', 'import'])
/** Functions of a job give no promises, and what they take is known of the stream: these lead further astray. */
const NEVER: ReadonlySet<string> = new Set([
  'fixAwaitInSyncFunction',
  'addMissingAwait',
  'fixAsyncFunction',
  'inferFromUsage',
  'disableJsDiagnostics',
])

export function isUnknownName(codes: readonly number[]): boolean {
  return codes.some(code => NO_SUCH_NAME.has(code))
}

/** Of the fixes that TypeScript offers for some errors, those that can help in the text of a job, which is one file. */
export function helpfulFixes<F extends OfferedFix>(
  fixes: readonly F[],
  codes: readonly number[],
  fileName: string,
): F[] {
  const isOfName = codes.some(code => NO_SUCH_NAME.has(code) || NO_SUCH_MEMBER.has(code))
  return fixes.filter(
    ({ fixName, changes }) =>
      // Some only name a command, such as installing a package.
      changes.length > 0 &&
      changes.every(change => change.fileName === fileName) &&
      !NEVER.has(fixName) &&
      (!isOfName || FOR_NAMES.has(fixName)),
  )
}
