import type { CredentialStore } from '../src/auth/credential-store.ts'
import type { NewAuditEntry, NewLoginLink, NewToken, SessionRecord, TokenRecord } from '../src/store/records.ts'

/** Credentials in memory, with the guarantees of the real store but durability. */
export class MemoryCredentialStore implements CredentialStore {
  readonly audit: NewAuditEntry[] = []
  readonly tokens = new Map<string, TokenRecord>()
  readonly links = new Map<string, NewLoginLink>()
  readonly sessions = new Map<string, SessionRecord>()

  async createToken(token: NewToken): Promise<void> {
    this.tokens.set(token.hash, { ...token, lastUsedAt: null })
  }

  async findToken(hash: string, now: number): Promise<TokenRecord | null> {
    const token = this.tokens.get(hash)
    return token === undefined || (token.expiresAt !== null && token.expiresAt <= now) ? null : token
  }

  async touchToken(id: string, at: number): Promise<void> {
    for (const [hash, token] of this.tokens) if (token.id === id) this.tokens.set(hash, { ...token, lastUsedAt: at })
  }

  async listTokens(): Promise<readonly TokenRecord[]> {
    return [...this.tokens.values()].reverse()
  }

  async revokeToken(id: string): Promise<boolean> {
    const found = [...this.tokens].find(([, token]) => token.id === id)
    return found !== undefined && this.tokens.delete(found[0])
  }

  async createLoginLink(link: NewLoginLink): Promise<void> {
    this.links.set(link.hash, link)
  }

  async consumeLoginLink(hash: string, now: number): Promise<NewLoginLink | null> {
    const link = this.links.get(hash)
    this.links.delete(hash)
    return link === undefined || link.expiresAt <= now ? null : link
  }

  async createSession(session: SessionRecord): Promise<void> {
    this.sessions.set(session.hash, session)
  }

  async findSession(hash: string, now: number): Promise<SessionRecord | null> {
    const session = this.sessions.get(hash)
    return session === undefined || session.expiresAt <= now ? null : session
  }

  async deleteSession(hash: string): Promise<boolean> {
    return this.sessions.delete(hash)
  }

  async appendAudit(entry: NewAuditEntry): Promise<void> {
    this.audit.push(entry)
  }
}
