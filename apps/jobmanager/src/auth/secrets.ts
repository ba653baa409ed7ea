import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of 256 bits as text that is safe in URLs, cookies and headers. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The recognisable start of API tokens, so that one that leaks into a file is found by those who look for it. */
export const TOKEN_PREFIX = 'weir_'

export function newToken(): string {
  return `${TOKEN_PREFIX}${newSecret()}`
}

export function newTokenId(): string {
  return `tok_${randomBytes(6).toString('hex')}`
}

/**
 * What is stored of a secret. The secrets are random and of 256 bits, so a plain hash cannot be turned round and needs
 * neither salt nor a slow function.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
