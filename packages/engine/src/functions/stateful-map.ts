/**
 * Outputs and the key's new state for one record. `state` is undefined for a key that has none; returning undefined as the
 * new state clears it. A state that was changed in place has to be returned like any other.
 */
export type StatefulMapFunction<K, In, S, Out> = (
  key: K,
  value: In,
  state: S | undefined,
) => readonly [outputs: Iterable<Out>, state: S | undefined]
