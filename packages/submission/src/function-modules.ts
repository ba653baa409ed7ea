import type { ErrorPlace } from '@weir/engine/base/errors'

/**
 * Each function of a JSON job becomes a module of its own, so that its errors, at bundling and at run time, name the
 * operator and the field, with lines and columns of the function's own text.
 */
export function functionModuleName(file: string, uid: string, field: string): string {
  return `${file}#${field} of ${uid}`
}

/** The text stands alone on its lines, from the second on: columns stay, lines are one more. */
export function functionModule(text: string, sdkExports: readonly string[]): string {
  const names = sdkExports.filter(name => name !== 'default').join(', ')
  // TypeScript drops what is not used, so each function carries only the names of the SDK that it mentions.
  return `export default (\n${text}\n)\nimport { ${names} } from '@weir/sdk'\n`
}

/** A place in such a module as a place in the function's text, with its operator; any other place as it is. */
export function functionPlace<Place extends ErrorPlace>(place: Place): Place {
  const match = /^[^#]*#\S+ of ([\s\S]+)$/.exec(place.file ?? '')
  if (match === null) return place
  return { ...place, operator: match[1], ...(place.line === undefined ? {} : { line: Math.max(1, place.line - 1) }) }
}
