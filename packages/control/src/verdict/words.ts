/** Numbers as people read them in a sentence. */

/** `200,312`. */
export function countWords(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `18.4 k/s`, three significant digits; `0.2 /s`, of less than one two decimals. */
export function rateWords(perSecond: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, ' G/s'],
    [1e6, ' M/s'],
    [1e3, ' k/s'],
  ]
  // From 999.5 on three digits would read 1,000.
  const unit = units.find(([size]) => perSecond >= size * 0.9995)
  const value = unit === undefined ? perSecond : perSecond / unit[0]
  // As in the figures of the page; what is not nothing does not read as nothing.
  if (value > 0 && value < 0.01) return '< 0.01 /s'
  const digits = value < 1 ? Math.round(value * 100) / 100 : value
  return `${threeDigits(digits)}${unit === undefined ? ' /s' : unit[1]}`
}

/** `0.97`; a ratio that is not quite 1 does not read as 1. */
export function ratioWords(ratio: number): string {
  const bounded = ratio < 1 ? Math.min(ratio, 0.99) : 1
  return bounded.toFixed(2)
}

/** `82 %`; what is not quite everything does not read as 100 %. */
export function percentWords(ratio: number): string {
  return `${ratio < 1 ? Math.min(99, Math.round(ratio * 100)) : 100} %`
}

/** `0.4 s`, `12 s`, `3 min 4 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationWords(ms: number): string {
  if (ms < 9_950) return `${Math.max(0.1, Math.round(ms / 100) / 10)} s`
  // As on the clock beside it: a second counts once it is over.
  const seconds = Math.max(10, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return pair(seconds, 60, 'min', 1, 's')
  if (seconds < 86_400) return pair(seconds, 3_600, 'h', 60, 'min')
  return pair(seconds, 86_400, 'd', 3_600, 'h')
}

/** How long something has lasted that still does: whole seconds, then whole minutes, so that it does not flicker. */
export function ageWords(ms: number): string {
  const seconds = Math.max(1, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return pair(seconds, 3_600, 'h', 60, 'min')
  return pair(seconds, 86_400, 'd', 3_600, 'h')
}

/** `1 slot`, `4 slots`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${countWords(value)} ${value === 1 ? one : many}`
}

/** On one line, of at most so many characters; what is left out is shown by an ellipsis. */
export function oneLine(text: string, charactersMax: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= charactersMax
    ? line
    : `${line
        .slice(0, charactersMax - 1)
        .toWellFormed()
        .trimEnd()}…`
}

/** With a full stop, if it does not end as a sentence does. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** Never `1.00e+3`; no zeros that say nothing. */
function threeDigits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 })
}

function pair(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small)
  const first = `${Math.floor(seconds / large)} ${largeUnit}`
  return rest === 0 ? first : `${first} ${rest} ${smallUnit}`
}

/** An operator in the middle of a sentence. */
export function called({ name, words }: { readonly name: string; readonly words?: string | null }): string {
  return words ?? name
}

/** An operator at the beginning of a sentence: a name stays as it was given. */
export function calledFirst({ name, words }: { readonly name: string; readonly words?: string | null }): string {
  return words == null ? name : words.charAt(0).toUpperCase() + words.slice(1)
}
