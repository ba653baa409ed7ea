import { WeirError } from '@weir/engine/base/errors'
import type { TokenRecord } from '../store/records.ts'
import type { CredentialStore } from './credential-store.ts'
import { FailureLimiter } from './failure-limiter.ts'
import { type Grant, grantOf, type Principal, scopesOf } from './permissions.ts'
import { hashOf, newSecret, newToken, newTokenId, sameHash } from './secrets.ts'

/** How long a login link may wait to be opened. */
export const LOGIN_LINK_MS = 15 * 60_000
/** How long a browser stays logged in. */
export const SESSION_MS = 7 * 24 * 3_600_000
/** The use of a token is noted at most so often. */
const TOUCH_INTERVAL_MS = 60_000

export interface AccessOptions {
  readonly credentials: CredentialStore
  /** The token that may do everything, from the credentials' file or WEIR_TOKEN. */
  readonly adminToken: string
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

/** What a request shows of itself. */
export interface Presented {
  readonly authorization: string | undefined
  readonly sessionCookie: string | undefined
  /** Address of the peer, for the limit on wrong credentials. */
  readonly address: string
}

/** A browser that has just logged in. */
export interface NewSession {
  /** The secret for its cookie. */
  readonly session: string
  readonly expiresAt: number
  readonly principal: Principal
}

/** Who may call: checks tokens and sessions, makes tokens, login links and sessions. Knows nothing of HTTP. */
export class Access {
  readonly #credentials: CredentialStore
  readonly #adminTokenHash: string
  readonly #now: () => number
  readonly #limiter: FailureLimiter
  readonly #touchedAt = new Map<string, number>()

  constructor(options: AccessOptions) {
    this.#credentials = options.credentials
    this.#adminTokenHash = hashOf(options.adminToken)
    this.#now = options.now
    this.#limiter = new FailureLimiter(options.now)
  }

  /**
   * Who the caller is. Throws UNAUTHENTICATED, or RATE_LIMITED after too many wrong credentials. An Authorization header
   * counts alone: a wrong token does not fall back to the session.
   */
  async authenticate(presented: Presented): Promise<Principal> {
    if (presented.authorization !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(presented.authorization)?.[1]
      if (token === undefined) {
        throw new WeirError(
          'UNAUTHENTICATED',
          'the Authorization header is not of the form "Bearer <token>": send a token of this cluster; ./weir token prints it',
        )
      }
      return this.#check(presented.address, token, hash => this.#byToken(hash), TOKEN_REFUSED)
    }
    if (presented.sessionCookie !== undefined) {
      return this.#check(presented.address, presented.sessionCookie, hash => this.#bySession(hash), SESSION_REFUSED)
    }
    throw new WeirError(
      'UNAUTHENTICATED',
      'the request carries no token: send "Authorization: Bearer <token>" (./weir token prints it), or log in with the link of ./weir login',
    )
  }

  async #check(
    address: string,
    secret: string,
    find: (hash: string) => Promise<Principal | null>,
    refusal: string,
  ): Promise<Principal> {
    const hash = hashOf(secret)
    const waitMs = this.#limiter.waitMs(address, hash)
    if (waitMs > 0) {
      throw new WeirError('RATE_LIMITED', `too many wrong tokens: try again in ${Math.ceil(waitMs / 1000)} s`)
    }
    const principal = await find(hash)
    if (principal === null) {
      this.#limiter.failed(address, hash)
      throw new WeirError('UNAUTHENTICATED', refusal)
    }
    this.#limiter.succeeded(hash)
    return principal
  }

  async #byToken(hash: string): Promise<Principal | null> {
    if (sameHash(hash, this.#adminTokenHash)) {
      return { name: 'admin', via: 'admin-token', role: 'admin', seeRecords: true }
    }
    const now = this.#now()
    const record = await this.#credentials.findToken(hash, now)
    const grant = record === null ? null : grantOf(record.scopes)
    if (record === null || grant === null) return null
    if (now - (this.#touchedAt.get(record.id) ?? 0) >= TOUCH_INTERVAL_MS) {
      this.#touchedAt.set(record.id, now)
      await this.#credentials.touchToken(record.id, now)
    }
    return { name: record.name, via: 'token', ...grant }
  }

  async #bySession(hash: string): Promise<Principal | null> {
    const record = await this.#credentials.findSession(hash, this.#now())
    const grant = record === null ? null : grantOf(record.scopes)
    if (record === null || grant === null) return null
    const tokenHash = tokenHashIn(record.scopes)
    if (tokenHash === null) return { name: record.userId ?? grant.role, via: 'session', ...grant }
    // Revoking a token ends what was begun with it, too.
    const token = await this.#byToken(tokenHash)
    return token === null ? null : { name: token.name, via: 'session', ...grant }
  }

  /** Makes a token; this is the only time that its text is seen. `expiresAt` null: until it is revoked. */
  async createToken(
    name: string,
    grant: Grant,
    expiresAt: number | null,
  ): Promise<{ token: string; record: TokenRecord }> {
    const token = newToken()
    const record = {
      id: newTokenId(),
      hash: hashOf(token),
      name,
      userId: null,
      scopes: scopesOf(grant),
      createdAt: this.#now(),
      expiresAt,
    }
    await this.#credentials.createToken(record)
    return { token, record: { ...record, lastUsedAt: null } }
  }

  listTokens(): Promise<readonly TokenRecord[]> {
    return this.#credentials.listTokens()
  }

  /** Throws NOT_FOUND. */
  async revokeToken(id: string): Promise<void> {
    this.#touchedAt.delete(id)
    if (!(await this.#credentials.revokeToken(id))) {
      throw new WeirError('NOT_FOUND', `there is no token ${id}: GET /api/v1/tokens lists them`)
    }
  }

  /** Makes the secret of a link that logs one browser in, once, within LOGIN_LINK_MS. */
  async createLoginLink(grant: Grant): Promise<{ secret: string; expiresAt: number }> {
    const secret = newSecret()
    const now = this.#now()
    const expiresAt = now + LOGIN_LINK_MS
    await this.#credentials.createLoginLink({
      hash: hashOf(secret),
      userId: null,
      scopes: scopesOf(grant),
      createdAt: now,
      expiresAt,
    })
    return { secret, expiresAt }
  }

  /** Turns a login link's secret into a session. Throws UNAUTHENTICATED when the link is unknown, used or expired. */
  async logIn(secret: string, address: string): Promise<NewSession> {
    const principal = await this.#check(address, secret, hash => this.#byLoginLink(hash), LINK_REFUSED)
    return this.#begin(principal, scopesOf(principal), this.#now() + SESSION_MS)
  }

  /**
   * Turns a token, the admin's or another, into a session that ends with it at the latest. Throws UNAUTHENTICATED for a
   * wrong one, and RATE_LIMITED as for every wrong credential.
   */
  async logInWithToken(token: string, address: string): Promise<NewSession> {
    const found = await this.#check(address, token, hash => this.#byToken(hash), TOKEN_REFUSED)
    const hash = hashOf(token)
    const latest = this.#now() + SESSION_MS
    const record = found.via === 'admin-token' ? null : await this.#credentials.findToken(hash, this.#now())
    const scopes = [...scopesOf(found), `${TOKEN_SCOPE}${hash}`]
    return this.#begin({ ...found, via: 'session' }, scopes, Math.min(latest, record?.expiresAt ?? latest))
  }

  async #begin(principal: Principal, scopes: readonly string[], expiresAt: number): Promise<NewSession> {
    const session = newSecret()
    const hash = hashOf(session)
    await this.#credentials.createSession({ hash, userId: null, scopes, createdAt: this.#now(), expiresAt })
    return { session, expiresAt, principal }
  }

  async #byLoginLink(hash: string): Promise<Principal | null> {
    const link = await this.#credentials.consumeLoginLink(hash, this.#now())
    const grant = link === null ? null : grantOf(link.scopes)
    return link === null || grant === null ? null : { name: link.userId ?? grant.role, via: 'session', ...grant }
  }

  /** Ends a session; nothing happens when it has ended already. */
  async logOut(session: string): Promise<void> {
    await this.#credentials.deleteSession(hashOf(session))
  }

  /** Notes a change: who, what, when, from where. */
  async audit(principal: Principal, action: string, target: string | null, origin: string): Promise<void> {
    await this.#credentials.appendAudit({
      at: this.#now(),
      actor: principal.name,
      action,
      target,
      origin,
      detail: { via: principal.via, role: principal.role },
    })
  }
}

/** Before the hash of a token in the scopes of a session that was begun with it. */
const TOKEN_SCOPE = 'token:'

function tokenHashIn(scopes: readonly string[]): string | null {
  return scopes.find(scope => scope.startsWith(TOKEN_SCOPE))?.slice(TOKEN_SCOPE.length) ?? null
}

const TOKEN_REFUSED =
  'the token is not one of this cluster, has expired or was revoked: ./weir token prints the one of the local cluster'
const SESSION_REFUSED = 'the session has ended: log in again with the link that ./weir login prints'
const LINK_REFUSED =
  'the login link was used already, has expired or is not of this cluster: ./weir login prints a new one'
