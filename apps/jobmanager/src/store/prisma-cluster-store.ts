import type { AuditEntry, TaskManager } from '../generated/prisma/client.ts'
import {
  beforeId,
  cleanJson,
  cleanJsonOrNull,
  cleanText,
  cleanTextOrNull,
  fromBigInt,
  fromJson,
  fromTime,
  fromTimeOrNull,
  pageLimit,
  pageOf,
  toTime,
} from './conversions.ts'
import type { ClusterStore } from './meta-store.ts'
import {
  type AuditRecord,
  type JsonValue,
  MESSAGE_CHARACTERS_MAX,
  type NewAuditEntry,
  type Page,
  type PageQuery,
  type TaskManagerRecord,
  type TaskManagerSeen,
} from './records.ts'
import type { StoreSession } from './store-session.ts'

export class PrismaClusterStore implements ClusterStore {
  readonly #session: StoreSession

  constructor(session: StoreSession) {
    this.#session = session
  }

  upsertTaskManager(epoch: number, seen: TaskManagerSeen): Promise<TaskManagerRecord> {
    const { slots } = seen
    const at = toTime(seen.at)
    const now = {
      host: cleanText(seen.host),
      incarnation: cleanText(seen.incarnation),
      slots,
      status: 'ACTIVE' as const,
      lastHeartbeat: at,
      lostAt: null,
    }
    const id = cleanText(seen.id)
    return this.#session.write(epoch, async db =>
      toTaskManager(
        await db.taskManager.upsert({ where: { id }, create: { id, firstSeenAt: at, ...now }, update: now }),
      ),
    )
  }

  recordHeartbeats(epoch: number, beats: readonly Pick<TaskManagerSeen, 'id' | 'incarnation' | 'at'>[]): Promise<void> {
    return this.#session.write(epoch, async db => {
      for (const { id, incarnation, at } of beats) {
        await db.taskManager.updateMany({
          where: { id: cleanText(id), incarnation: cleanText(incarnation), status: 'ACTIVE' },
          data: { lastHeartbeat: toTime(at) },
        })
      }
    })
  }

  markTaskManagerLost(epoch: number, id: string, incarnation: string, at: number): Promise<boolean> {
    return this.#session.write(epoch, async db => {
      const { count } = await db.taskManager.updateMany({
        where: { id: cleanText(id), incarnation: cleanText(incarnation), status: 'ACTIVE' },
        data: { status: 'LOST', lostAt: toTime(at) },
      })
      return count > 0
    })
  }

  forgetTaskManagers(epoch: number, lostBefore: number): Promise<number> {
    return this.#session.write(epoch, async db => {
      const where = { status: 'LOST' as const, lostAt: { lt: toTime(lostBefore) } }
      return (await db.taskManager.deleteMany({ where })).count
    })
  }

  async listTaskManagers(): Promise<readonly TaskManagerRecord[]> {
    const rows = await this.#session.read(db => db.taskManager.findMany({ orderBy: { id: 'asc' } }))
    return rows.map(toTaskManager)
  }

  async getSetting(key: string): Promise<JsonValue | undefined> {
    const row = await this.#session.read(db => db.clusterSetting.findUnique({ where: { key: cleanText(key) } }))
    return row === null ? undefined : fromJson(row.value)
  }

  async putSetting(epoch: number, key: string, value: JsonValue, at: number): Promise<void> {
    const data = { value: cleanJson(value), updatedAt: toTime(at) }
    const where = { key: cleanText(key) }
    await this.#session.write(epoch, db =>
      db.clusterSetting.upsert({ where, create: { ...where, ...data }, update: data }),
    )
  }

  async appendAudit(epoch: number, entry: NewAuditEntry): Promise<void> {
    const { actor, action, target, origin, detail, at } = entry
    await this.#session.write(epoch, db =>
      db.auditEntry.create({
        data: {
          at: toTime(at),
          actor: cleanText(actor, MESSAGE_CHARACTERS_MAX),
          action: cleanText(action, MESSAGE_CHARACTERS_MAX),
          target: cleanTextOrNull(target, MESSAGE_CHARACTERS_MAX),
          origin: cleanTextOrNull(origin, MESSAGE_CHARACTERS_MAX),
          detail: cleanJsonOrNull(detail),
        },
      }),
    )
  }

  async listAudit(query: PageQuery = {}): Promise<Page<AuditRecord>> {
    const limit = pageLimit(query)
    const rows = await this.#session.read(db =>
      db.auditEntry.findMany({ where: { id: beforeId(query) }, orderBy: { id: 'desc' }, take: limit + 1 }),
    )
    return pageOf(rows, limit, toAudit, entry => entry.id)
  }
}

function toTaskManager(row: TaskManager): TaskManagerRecord {
  const { id, host, incarnation, slots, status } = row
  return {
    id,
    host,
    incarnation,
    slots,
    status,
    firstSeenAt: fromTime(row.firstSeenAt),
    lastHeartbeat: fromTime(row.lastHeartbeat),
    lostAt: fromTimeOrNull(row.lostAt),
  }
}

function toAudit(row: AuditEntry): AuditRecord {
  const { actor, action, target, origin } = row
  return {
    id: fromBigInt(row.id),
    at: fromTime(row.at),
    actor,
    action,
    target,
    origin,
    detail: row.detail === null ? null : fromJson(row.detail),
  }
}
