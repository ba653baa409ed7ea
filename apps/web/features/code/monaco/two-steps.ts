/**
 * Loads something in two steps for whoever asks. What `begin` registers stands from then on, so it is called once;
 * `finish` is called anew by the next one who asks after it failed.
 */
export function inTwoSteps<T>(begin: () => T, finish: (begun: T) => Promise<void>): () => Promise<T> {
  let begun: { readonly value: T } | undefined
  let ready: Promise<T> | undefined
  const load = async (): Promise<T> => {
    begun ??= { value: begin() }
    await finish(begun.value)
    return begun.value
  }
  return () => {
    ready ??= load().catch((error: unknown) => {
      ready = undefined
      throw error
    })
    return ready
  }
}
