/** How many items of a list have come after one. `items`: oldest first. */
export function countAfter(items: readonly { readonly seq: number }[], seq: number): number {
  let from = 0
  let to = items.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (items[middle]!.seq > seq) to = middle
    else from = middle + 1
  }
  return items.length - from
}
