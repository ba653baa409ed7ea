import type { AuthStore, ClusterStore } from '../store/meta-store.ts'
import type { NewAuditEntry, NewLoginLink, NewToken, SessionRecord, TokenRecord } from '../store/records.ts'

/**
 * What the API keeps about who may call it: hashes of secrets, never the secrets. Times are ms since the epoch.
 * A write that has resolved is durable.
 */
export interface CredentialStore {
  createToken(token: NewToken): Promise<void>
  /** Null when unknown or expired at `now`. */
  findToken(hash: string, now: number): Promise<TokenRecord | null>
  touchToken(id: string, at: number): Promise<void>
  /** Newest first, expired ones included. */
  listTokens(): Promise<readonly TokenRecord[]>
  /** False when there is none. */
  revokeToken(id: string): Promise<boolean>
  createLoginLink(link: NewLoginLink): Promise<void>
  /** Uses the link up: of concurrent calls exactly one gets it. Null when unknown, used or expired. */
  consumeLoginLink(hash: string, now: number): Promise<NewLoginLink | null>
  createSession(session: SessionRecord): Promise<void>
  /** Null when unknown or expired at `now`. */
  findSession(hash: string, now: number): Promise<SessionRecord | null>
  /** False when there is none. */
  deleteSession(hash: string): Promise<boolean>
  appendAudit(entry: NewAuditEntry): Promise<void>
}

type Store = Pick<
  AuthStore,
  | 'createToken'
  | 'findToken'
  | 'touchToken'
  | 'listTokens'
  | 'revokeToken'
  | 'createLoginLink'
  | 'consumeLoginLink'
  | 'createSession'
  | 'findSession'
  | 'deleteSession'
> &
  Pick<ClusterStore, 'appendAudit'>

/** The credentials in the metadata store, written under the epoch that the process leads with at that moment. */
export function credentialStoreOf(store: Store, epoch: () => number): CredentialStore {
  return {
    createToken: token => store.createToken(epoch(), token),
    findToken: (hash, now) => store.findToken(hash, now),
    touchToken: (id, at) => store.touchToken(epoch(), id, at),
    listTokens: () => store.listTokens(),
    revokeToken: id => store.revokeToken(epoch(), id),
    createLoginLink: link => store.createLoginLink(epoch(), link),
    consumeLoginLink: (hash, now) => store.consumeLoginLink(epoch(), hash, now),
    createSession: session => store.createSession(epoch(), session),
    findSession: (hash, now) => store.findSession(hash, now),
    deleteSession: hash => store.deleteSession(epoch(), hash),
    appendAudit: entry => store.appendAudit(epoch(), entry),
  }
}
