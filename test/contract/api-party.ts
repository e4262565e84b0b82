import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { AccountRole } from '../../src/api/access-table.ts'
import { issueApiKey } from '../../src/api/api-key.ts'
import { NO_BILLING } from '../../src/domain/affiliate.ts'
import { NEW_APPLICATION, saveAffiliateOffer } from '../../src/store/affiliate-offers.ts'
import { addAffiliateUser } from '../../src/store/affiliate-users.ts'
import { updateAffiliate } from '../../src/store/affiliates.ts'
import { insertMember } from '../../src/store/members.ts'
import { createNotificationTarget } from '../../src/store/notification-targets.ts'
import { PLAIN_TARGET } from '../support/field-defaults.ts'
import { PASSWORD, type TestApi } from './api-harness.ts'
import { isMoneyKind, makeMoney } from './api-money.ts'
import { bodyOf, createWorld, idOf, makeClickId, NOW, post, record, type World } from './api-world.ts'

/** Of every party's conversion, in micros and as an answer would say it: what a party sees is its payout alone. */
const MONEY = { revenue_micros: 7_654_321, payout_micros: 1_234_567, sale_micros: 987_654_321 }
export const REVENUE_TEXTS = ['7654321', '7.654321', '987654321', '987.654321']

/** An affiliate of a world, with a key of its portal, and one of everything that is its own; all carry its mark. */
export type Party = World & {
  readonly affiliateId: string
  readonly key: string
}

/**
 * Adds an affiliate to the world. `ids` are the world's, with the party's own in their places: those of routes of the
 * portal by `portal/PATH`, those of parameters other than `:id` by the parameter's name.
 */
export async function addParty(
  api: TestApi,
  world: World,
  { mark, managerId = '' }: { readonly mark: string; readonly managerId?: string },
): Promise<Party> {
  const { workspace } = world
  const { db } = api.store
  const create = (path: string) => post(api, world.keys.owner, path, bodyOf(path, mark, world.ids))
  const affiliateId = await create('affiliates')
  const key = { workspace, id: affiliateId }
  await updateAffiliate(db, key, { managerId, note: mark, billing: { ...NO_BILLING, company: mark } }, NOW)
  const offerId = await create('private-offers')
  const application = { ...NEW_APPLICATION, state: 'approved', message: mark } as const
  await saveAffiliateOffer(db, { workspace, offerId, affiliateId }, application, NOW)
  const party = { workspace, mark, affiliateId }
  const target = await addTarget(api, party)
  const clickId = makeClickId(NOW)
  const network = { affiliate_id: affiliateId, advertiser_id: world.ids.advertisers ?? '', offer_id: offerId }
  await record(api, { mark, workspace, clickId, targetId: target.id, network, money: MONEY })
  const issued = await issueApiKey(db, { workspace, name: mark, role: 'affiliate', affiliateId }, NOW)
  const payee = { api, key: world.keys.owner, affiliateId, mark }
  const invoiceId = await makeMoney(payee, 'final-invoices')
  const ids = {
    ...world.ids,
    affiliates: affiliateId,
    'network-offers': offerId,
    hits: idOf('hit', mark),
    conversions: idOf('conversion', mark),
    deliveries: idOf('delivery', mark),
    invoices: invoiceId,
    moderated: target.id,
    textHash: await textHashOf(api, world, target.id),
    members: await addMember(api, party, 'viewer'),
    keyId: (await addKey(api, party)).id,
    userId: await addPerson(api, party),
    'portal/offers': offerId,
    'portal/postbacks': target.id,
    'portal/signed': (await addTarget(api, party, 'postback')).id,
    'portal/postback-log': idOf('delivery', mark),
    'portal/api-keys': (await addKey(api, party)).id,
    'portal/invoices': invoiceId,
  }
  const visit = { kind: 'visit', workspace, at: NOW, visit_at: NOW, click_id: clickId } as const
  api.visits.set(clickId, { visit, lastClickOfferId: '', lastClickNetworkId: '', clicks: 0 })
  const make = async (path: string) => {
    if (isMoneyKind(path)) return await makeMoney(payee, path)
    if (path === 'members') return await addMember(api, party, 'viewer')
    if (path === 'userId') return await addPerson(api, party)
    if (path === 'keyId' || path === 'portal/api-keys') return (await addKey(api, party)).id
    if (path === 'portal/postbacks') return (await addTarget(api, party)).id
    return await world.make(path)
  }
  return { ...world, mark, ids, clickId, make, affiliateId, key: issued.key }
}

async function textHashOf(api: TestApi, { keys }: World, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${keys.owner}` }
  const waiting = await api.app.inject({ url: '/api/v1/pixel-moderation?limit=200', headers })
  const found = waiting.json().items.find((item: { id: string }) => item.id === id)
  return String(found?.textHash)
}

/** A world, and an affiliate of it with everything that is an affiliate's alone. */
export async function createWorldWithParty(
  api: TestApi,
  mark: string,
  options?: { readonly signedIn: boolean },
): Promise<Party> {
  return await addParty(api, await createWorld(api, mark, options), { mark: `${mark}-PARTY` })
}

type Owner = { readonly workspace: string; readonly mark: string; readonly affiliateId: string }

type SignedIn = { readonly cookie: string; readonly id: string }

/** A person with a session, who is an affiliate manager of the workspace. */
export async function addAffiliateManager(api: TestApi, workspace: string): Promise<SignedIn> {
  return await addSignedIn(api, { workspace, role: 'affiliate_manager' })
}

/** A person with a session, who is a member of the workspace. */
export async function addSignedIn(
  api: TestApi,
  { workspace, role }: { readonly workspace: string; readonly role: AccountRole },
): Promise<SignedIn> {
  const email = `${randomUUID()}@example.com`
  const { id } = await api.deps.accounts.createUser({ email, password: PASSWORD, name: role })
  await insertMember(api.store.db, { workspace, userId: id, role }, NOW)
  return { cookie: await api.signIn(email, PASSWORD), id }
}

/** A member with the role, who has no password. */
export async function addMember(
  api: TestApi,
  { workspace, mark }: { readonly workspace: string; readonly mark: string },
  role: 'viewer' | 'affiliate',
): Promise<string> {
  const id = randomUUID()
  const at = new Date(NOW).toISOString()
  await sql`
    insert into auth_users (id, name, email, "emailVerified", "createdAt", "updatedAt")
    values (${id}, ${mark}, ${`${id}@example.com`}, true, ${at}, ${at})
  `.execute(api.store.db)
  await insertMember(api.store.db, { workspace, userId: id, role }, NOW)
  return id
}

async function addPerson(api: TestApi, owner: Owner): Promise<string> {
  const userId = await addMember(api, owner, 'affiliate')
  await addAffiliateUser(api.store.db, { ...owner, userId }, NOW)
  return userId
}

async function addKey(api: TestApi, { workspace, mark, affiliateId }: Owner): Promise<{ id: string }> {
  const key = { workspace, name: mark, role: 'affiliate', affiliateId } as const
  return (await issueApiKey(api.store.db, key, NOW)).stored
}

/** A pixel, unless told, that waits for moderation. */
async function addTarget(
  api: TestApi,
  { workspace, mark, affiliateId }: Owner,
  type: 'image' | 'postback' = 'image',
) {
  const fields = {
    ...PLAIN_TARGET,
    ownerType: 'affiliate',
    ownerId: affiliateId,
    type,
    url: `https://${mark}.example/${randomUUID()}.gif`,
    moderation: 'pending',
    moderationReason: mark,
  } as const
  return await createNotificationTarget(api.store.db, workspace, fields, NOW)
}
