import { WeirError } from '@weir/engine/base/errors'
import type { LoginLink, Session, Team, Token, User } from '../generated/prisma/client.ts'
import { cleanText, fromTime, fromTimeOrNull, toTime, toTimeOrNull } from './conversions.ts'
import type { AuthStore } from './meta-store.ts'
import type {
  MembershipRecord,
  NewLoginLink,
  NewToken,
  SessionRecord,
  TeamRecord,
  TokenRecord,
  UserRecord,
} from './records.ts'
import type { StoreSession } from './store-session.ts'

/** Accounts and what proves them. Only hashes of secrets come here. */
export class PrismaAuthStore implements AuthStore {
  readonly #session: StoreSession

  constructor(session: StoreSession) {
    this.#session = session
  }

  ensureUser(epoch: number, user: UserRecord): Promise<UserRecord> {
    const { id, name, displayName, createdAt } = user
    const data = { id, name: cleanText(name), displayName: cleanText(displayName), createdAt: toTime(createdAt) }
    return this.#session.write(epoch, async db => {
      await db.user.createMany({ data, skipDuplicates: true })
      const row = await db.user.findUnique({ where: { name: data.name } })
      if (row === null) throw new WeirError('CONFLICT', `the user id ${id} belongs to somebody of another name`)
      return toUser(row)
    })
  }

  async getUser(id: string): Promise<UserRecord | null> {
    const row = await this.#session.read(db => db.user.findUnique({ where: { id: cleanText(id) } }))
    return row === null ? null : toUser(row)
  }

  ensureTeam(epoch: number, team: TeamRecord): Promise<TeamRecord> {
    const data = { id: team.id, name: cleanText(team.name), createdAt: toTime(team.createdAt) }
    return this.#session.write(epoch, async db => {
      await db.team.createMany({ data, skipDuplicates: true })
      const row = await db.team.findUnique({ where: { name: data.name } })
      if (row === null) throw new WeirError('CONFLICT', `the team id ${team.id} belongs to a team of another name`)
      return toTeam(row)
    })
  }

  async putMembership(epoch: number, membership: MembershipRecord): Promise<void> {
    const { userId, teamId, role, seeRecords } = membership
    await this.#session.write(epoch, db =>
      db.membership.upsert({
        where: { userId_teamId: { userId, teamId } },
        create: { userId, teamId, role, seeRecords },
        update: { role, seeRecords },
      }),
    )
  }

  async listMemberships(userId: string): Promise<readonly MembershipRecord[]> {
    const where = { userId: cleanText(userId) }
    const rows = await this.#session.read(db => db.membership.findMany({ where, orderBy: { teamId: 'asc' } }))
    return rows.map(({ userId, teamId, role, seeRecords }) => ({ userId, teamId, role, seeRecords }))
  }

  async createToken(epoch: number, token: NewToken): Promise<void> {
    const { id, hash, name, userId, scopes, createdAt, expiresAt } = token
    await this.#session.write(epoch, db =>
      db.token.create({
        data: {
          id,
          hash,
          name: cleanText(name),
          userId,
          scopes: [...scopes],
          createdAt: toTime(createdAt),
          expiresAt: toTimeOrNull(expiresAt),
        },
      }),
    )
  }

  async findToken(hash: string, now: number): Promise<TokenRecord | null> {
    const row = await this.#session.read(db => db.token.findUnique({ where: { hash } }))
    return row === null || (row.expiresAt !== null && fromTime(row.expiresAt) <= now) ? null : toToken(row)
  }

  async touchToken(epoch: number, id: string, at: number): Promise<void> {
    await this.#session.write(epoch, db => db.token.updateMany({ where: { id }, data: { lastUsedAt: toTime(at) } }))
  }

  async listTokens(): Promise<readonly TokenRecord[]> {
    const rows = await this.#session.read(db => db.token.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] }))
    return rows.map(toToken)
  }

  revokeToken(epoch: number, id: string): Promise<boolean> {
    const where = { id: cleanText(id) }
    return this.#session.write(epoch, async db => (await db.token.deleteMany({ where })).count > 0)
  }

  async createLoginLink(epoch: number, link: NewLoginLink): Promise<void> {
    const { hash, userId, scopes, createdAt, expiresAt } = link
    const times = { createdAt: toTime(createdAt), expiresAt: toTime(expiresAt) }
    await this.#session.write(epoch, db =>
      db.loginLink.create({ data: { hash, userId, scopes: [...scopes], ...times } }),
    )
  }

  consumeLoginLink(epoch: number, hash: string, now: number): Promise<NewLoginLink | null> {
    return this.#session.write(epoch, async db => {
      // One statement decides: of two concurrent ones the second waits for the first's lock and then finds it used.
      const [row] = await db.loginLink.updateManyAndReturn({
        where: { hash, usedAt: null, expiresAt: { gt: toTime(now) } },
        data: { usedAt: toTime(now) },
      })
      return row === undefined ? null : toGrant(row)
    })
  }

  async createSession(epoch: number, session: SessionRecord): Promise<void> {
    const { hash, userId, scopes, createdAt, expiresAt } = session
    const times = { createdAt: toTime(createdAt), expiresAt: toTime(expiresAt) }
    await this.#session.write(epoch, db => db.session.create({ data: { hash, userId, scopes: [...scopes], ...times } }))
  }

  async findSession(hash: string, now: number): Promise<SessionRecord | null> {
    const row = await this.#session.read(db => db.session.findUnique({ where: { hash } }))
    return row === null || fromTime(row.expiresAt) <= now ? null : toGrant(row)
  }

  deleteSession(epoch: number, hash: string): Promise<boolean> {
    return this.#session.write(epoch, async db => (await db.session.deleteMany({ where: { hash } })).count > 0)
  }

  deleteExpired(epoch: number, now: number): Promise<number> {
    const where = { expiresAt: { lte: toTime(now) } }
    return this.#session.write(epoch, async db => {
      const sessions = await db.session.deleteMany({ where })
      const links = await db.loginLink.deleteMany({ where })
      const tokens = await db.token.deleteMany({ where })
      return sessions.count + links.count + tokens.count
    })
  }
}

function toUser({ id, name, displayName, createdAt }: User): UserRecord {
  return { id, name, displayName, createdAt: fromTime(createdAt) }
}

function toTeam({ id, name, createdAt }: Team): TeamRecord {
  return { id, name, createdAt: fromTime(createdAt) }
}

function toToken({ id, hash, name, userId, scopes, createdAt, expiresAt, lastUsedAt }: Token): TokenRecord {
  const times = { expiresAt: fromTimeOrNull(expiresAt), lastUsedAt: fromTimeOrNull(lastUsedAt) }
  return { id, hash, name, userId, scopes, createdAt: fromTime(createdAt), ...times }
}

function toGrant({ hash, userId, scopes, createdAt, expiresAt }: LoginLink | Session): SessionRecord {
  return { hash, userId, scopes, createdAt: fromTime(createdAt), expiresAt: fromTime(expiresAt) }
}
