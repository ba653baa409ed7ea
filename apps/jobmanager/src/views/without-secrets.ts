const HIDDEN = '•••'

/** `scheme://user:password@`, up to the last @ before the path; a name without a password is no secret. */
const CREDENTIALS = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#'"`:@]*:[^\s/?#'"`]*@/gi
const SECRET_NAME = /passw|passphrase|secret|token|credential|api_?key|private_?key/i

/** A text for people to see, without the user and password of addresses in it. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(CREDENTIALS, `$1${HIDDEN}@`)
}

/** Settings for people to see: addresses without user and password, and no text of a setting that is named a secret. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutCredentials(value)
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      typeof each === 'string' && SECRET_NAME.test(name) ? HIDDEN : withoutSecrets(each),
    ]),
  )
}
