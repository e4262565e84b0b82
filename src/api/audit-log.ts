import { z } from 'zod'
import { loadApiKeyNames } from '../store/api-keys.ts'
import { type AuditEntry, listAudit } from '../store/audit-log.ts'
import { splitPairId } from '../store/page.ts'
import { loadThingNames, type NamedTable } from '../store/thing-names.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { KEY_ACTOR, USER_ACTOR, workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { pageOf, pageQuery } from './page.ts'

const PATH = '/api/v1/audit-log'
const TEXT_CHARS_MAX = 100
/** What the installation does by itself is its own deed. */
const SYSTEM_NAME = 'Trailpost'
const SUBJECT_API_KEY = 'API key'
const SUBJECT_MEMBER = 'member'
/** Of an offer and an affiliate, by the ids of both. */
const SUBJECT_APPLICATION = 'application'

/** By type of subject, where its name is. */
const NAMED_SUBJECTS: Readonly<Record<string, NamedTable>> = {
  campaign: 'campaigns',
  'traffic source': 'traffic_sources',
  'affiliate network': 'affiliate_networks',
  offer: 'offers',
  lander: 'landers',
  affiliate: 'affiliates',
  advertiser: 'advertisers',
  flow: 'flows',
  domain: 'domains',
  event: 'events',
  coupon: 'coupons',
  'report view': 'report_views',
  'custom metric': 'custom_metrics',
}

const listQuery = pageQuery.extend({
  subjectType: z.string().min(1).max(TEXT_CHARS_MAX).optional().describe("e.g. 'offer'"),
  subjectId: z.string().min(1).max(TEXT_CHARS_MAX).optional(),
  actor: z.string().min(1).max(TEXT_CHARS_MAX).optional().describe("`user:ID`, `key:ID` or 'system'"),
  action: z.string().min(1).max(TEXT_CHARS_MAX).optional().describe("What it begins with, e.g. 'offer.'"),
  from: timeField.optional(),
  to: timeField.optional().describe('The first moment that is not asked for'),
})

const changeSchema = z.object({
  before: z.unknown(),
  after: z.unknown(),
  isMasked: z
    .literal(true)
    .optional()
    .describe('Parameters of a URL that look secret stand as ***: PATCH can not take it back'),
})

const entrySchema = z
  .object({
    id: z.string(),
    at: timeField,
    actor: z.string().describe("`user:ID`, `key:ID` or 'system'"),
    actorKind: z.enum(['person', 'key', 'system']),
    actorName: z.string().describe("'' for a person or key that is gone"),
    actorEmail: z.string().describe("'' unless a person did it"),
    action: z.string(),
    subjectType: z.string(),
    subjectId: z.string(),
    subjectName: z.string().describe("As it is called now; '' for a thing without a name"),
    fields: z.array(z.string()).describe('Which fields changed'),
    changes: z
      .record(z.string(), changeSchema)
      .describe('Of those fields, what PATCH takes; values that are secret or very long are not kept'),
    detail: z.record(z.string(), z.unknown()).describe('What else is known of the deed'),
  })
  .meta({ id: 'AuditEntry' })

/** Who did what, and when. */
export function auditLogRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get(PATH, {
    schema: {
      tags: ['audit-log'],
      summary: 'Who did what, newest first',
      querystring: listQuery,
      response: { 200: pageOf(entrySchema) },
    },
    handler: async (request) => {
      const { from, to, ...rest } = request.query
      const span = { from: toMs(from), to: toMs(to) }
      const workspace = workspaceOf(request)
      const page = await listAudit(deps.store.db, workspace, { ...rest, ...span })
      const names = await loadNames(deps, workspace, page.items)
      return { items: page.items.map((entry) => toView(entry, names)), nextCursor: page.nextCursor }
    },
  })
}

type Names = {
  readonly users: ReadonlyMap<string, { readonly name: string; readonly email: string }>
  readonly keys: ReadonlyMap<string, string>
  readonly things: Awaited<ReturnType<typeof loadThingNames>>
}

async function loadNames(
  { store: { db }, accounts }: ApiDeps,
  workspace: string,
  entries: readonly AuditEntry[],
): Promise<Names> {
  const actorsOf = (kind: string) => entries.flatMap(({ actor }) => idAfter(kind, actor))
  const subjectsOf = (type: string) =>
    entries.flatMap(({ subjectType, subjectId }) => (subjectType === type ? [subjectId] : []))
  const pairs = subjectsOf(SUBJECT_APPLICATION).map(splitPairId)
  const partOf: Readonly<Record<string, readonly string[]>> = {
    offer: pairs.map(([offerId = '']) => offerId),
    affiliate: pairs.map(([, affiliateId = '']) => affiliateId),
  }
  const wanted = Object.entries(NAMED_SUBJECTS).map(
    ([type, table]) => [table, [...subjectsOf(type), ...(partOf[type] ?? [])]] as const,
  )
  const userIds = [...new Set([...actorsOf(USER_ACTOR), ...subjectsOf(SUBJECT_MEMBER)])]
  const keyIds = [...new Set([...actorsOf(KEY_ACTOR), ...subjectsOf(SUBJECT_API_KEY)])]
  const [users, keys, things] = await Promise.all([
    userIds.length === 0 ? [] : accounts.users(userIds),
    loadApiKeyNames(db, workspace, keyIds),
    loadThingNames(db, workspace, Object.fromEntries(wanted)),
  ])
  return { users: new Map(users.map((user) => [user.id, user])), keys, things }
}

function toView(
  { id, at, actor, action, subjectType, subjectId, detail }: AuditEntry & { readonly id: string },
  names: Names,
): z.input<typeof entrySchema> {
  const { fields, changes, ...rest } = detail
  return {
    id,
    at: toTime(at),
    actor,
    ...describeActor(actor, names),
    action,
    subjectType,
    subjectId,
    subjectName: subjectName(subjectType, subjectId, names),
    fields: entrySchema.shape.fields.catch([]).parse(fields),
    changes: entrySchema.shape.changes.catch({}).parse(changes),
    detail: rest,
  }
}

function describeActor(
  actor: string,
  { users, keys }: Names,
): Pick<z.input<typeof entrySchema>, 'actorKind' | 'actorName' | 'actorEmail'> {
  const [userId] = idAfter(USER_ACTOR, actor)
  if (userId !== undefined) {
    const { name = '', email = '' } = users.get(userId) ?? {}
    return { actorKind: 'person', actorName: name, actorEmail: email }
  }
  const [keyId] = idAfter(KEY_ACTOR, actor)
  if (keyId !== undefined) return { actorKind: 'key', actorName: keys.get(keyId) ?? '', actorEmail: '' }
  return { actorKind: 'system', actorName: SYSTEM_NAME, actorEmail: '' }
}

function subjectName(type: string, id: string, { users, keys, things }: Names): string {
  const table = NAMED_SUBJECTS[type]
  if (table !== undefined) return things[table]?.get(id) ?? ''
  if (type === SUBJECT_APPLICATION) {
    const [offerId = '', affiliateId = ''] = splitPairId(id)
    const parties = [things.affiliates?.get(affiliateId), things.offers?.get(offerId)]
    return parties.filter((name) => name !== undefined).join(', ')
  }
  if (type === SUBJECT_API_KEY) return keys.get(id) ?? ''
  return type === SUBJECT_MEMBER ? (users.get(id)?.name ?? '') : ''
}

function idAfter(kind: string, actor: string): readonly string[] {
  return actor.startsWith(kind) ? [actor.slice(kind.length)] : []
}

function toMs(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time)
}
