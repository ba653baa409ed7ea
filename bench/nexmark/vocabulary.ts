/** The words of GENERATOR.md, in the order in which they are drawn. */
export const FIRST_NAMES = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(' ')
export const LAST_NAMES = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ')
export const CITIES = 'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne'.split(',')
export const STATES = 'AZ CA ID OR WA WY'.split(' ')
export const POWERS_OF_TEN = Int32Array.from([1, 10, 100, 1_000, 10_000, 100_000, 1_000_000])
export const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple']

/** The digits of a number below 10,000. */
export function fourDigits(n: number): string {
  return n < 1000 ? `000${n}`.slice(-4) : `${n}`
}
