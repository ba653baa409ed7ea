/** Edit distance with transpositions of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = last[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1)
      let best = Math.min(last[column] + 1, current[column - 1] + 1, replaced)
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, beforeLast[column - 2] + 1)
      }
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]
}

/**
 * The one of `known` that a wrong `name` was probably meant to be: the nearest, upper and lower case apart, if no more
 * than a third of the name is different (in a short one: one letter, from five letters on two). Undefined when none is
 * that near.
 */
export function nearMiss(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, 100)
  let best: string | undefined
  let bestDistance = Math.max(wanted.length < 5 ? 1 : 2, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `; did you mean "x"?` for the end of a message, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const found = nearMiss(name, known)
  return found === undefined ? '' : `; did you mean "${found}"?`
}
