import { WeirError } from '@weir/engine/base/errors'

/** The options of a source or sink, which a job without a type check may leave out. Throws CONNECTOR_CONFIG. */
export function checkOptions<Options extends object>(call: string, options: Options, example: string): Options {
  const given: unknown = options
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return options
  const shown = typeof given === 'object' ? (given === null ? 'null' : 'a list') : `${typeof given}`
  const found = given === undefined ? 'its options are missing' : `its options have to be an object, not ${shown}`
  throw new WeirError('CONNECTOR_CONFIG', `${call}(): ${found}; write ${call}(${example})`)
}
