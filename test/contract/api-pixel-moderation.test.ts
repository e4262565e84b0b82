import { describe, expect, it } from 'vitest'
import { issueApiKey } from '../../src/api/api-key.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { DASHBOARD_URL, openTestApi } from './api-harness.ts'
import { addAffiliateManager, addParty, type Party } from './api-party.ts'
import { createWorld } from './api-world.ts'
import { type Answer, openPortal, PORTAL_NOW, type Portal, type PortalRig } from './portal-rig.ts'

const CODE = '<script src="https://pix.example/{clickid}.js"></script>'

type Staff = {
  list(query?: string): Promise<Answer>
  decide(id: string, body: object): Promise<Answer>
}

describe.each(SQL_ENGINES)('the moderation of pixels on %s', (engine) => {
  const stores = useStores(engine)

  async function manager({ api, workspace }: PortalRig): Promise<Staff> {
    const key = { workspace, name: 'staff', role: 'manager', affiliateId: '' } as const
    return staffOf(api.app, {
      authorization: `Bearer ${(await issueApiKey(api.store.db, key, PORTAL_NOW)).key}`,
    })
  }

  function staffOf(app: PortalRig['api']['app'], headers: Record<string, string>): Staff {
    const base = '/api/v1'
    return {
      list: async (query = '') => await app.inject({ url: `${base}/pixel-moderation${query}`, headers }),
      decide: async (id, payload) =>
        await app.inject({
          method: 'POST',
          url: `${base}/notification-targets/${id}/moderate`,
          headers,
          payload,
        }),
    }
  }

  async function script(portal: Portal, code = CODE): Promise<string> {
    const made = await portal.post('postbacks', { type: 'script', code })
    expect(made.json()).toMatchObject({ moderation: 'pending' })
    return made.json().id
  }

  it('approves what was seen, and the affiliate sees it', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate({ name: 'Media buyer' })
    const staff = await manager(rig)
    const id = await script(portal)
    const [waiting] = (await staff.list()).json().items
    expect(waiting).toMatchObject({
      id,
      code: CODE,
      affiliateName: 'Media buyer',
      ownerId: portal.affiliateId,
    })
    const { textHash } = waiting
    const approved = await staff.decide(id, { moderation: 'approved', textHash })
    expect(approved.json()).toMatchObject({ id, moderation: 'approved', textHash })
    expect((await portal.get(`postbacks/${id}`)).json()).toMatchObject({ moderation: 'approved' })
    expect((await staff.list()).json().items).toEqual([])
    expect((await staff.list('?moderation=approved')).json().items).toMatchObject([{ id }])
    // Anything else than the text keeps the approval; another text loses it.
    await portal.patch(`postbacks/${id}`, { onlyFirst: true })
    expect((await staff.list()).json().items).toEqual([])
    await portal.patch(`postbacks/${id}`, { code: `${CODE}<b>` })
    expect((await staff.list()).json().items).toMatchObject([{ id, moderation: 'pending' }])
  })

  it('never approves a text that changed after it was seen', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const staff = await manager(rig)
    const id = await script(portal)
    const { textHash } = (await staff.list()).json().items[0]
    await portal.patch(`postbacks/${id}`, { code: '<script>evil()</script>' })
    const answer = await staff.decide(id, { moderation: 'approved', textHash })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'text_changed'])
    expect((await portal.get(`postbacks/${id}`)).json()).toMatchObject({ moderation: 'pending' })
    const without = await staff.decide(id, { moderation: 'approved' })
    expect(without.statusCode).toBe(400)
  })

  it('rejects with a reason for the affiliate', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const staff = await manager(rig)
    const id = await script(portal)
    const { textHash } = (await staff.list()).json().items[0]
    const reason = 'It loads a script that we do not know.'
    expect((await staff.decide(id, { moderation: 'rejected', reason, textHash })).statusCode).toBe(200)
    expect((await portal.get(`postbacks/${id}`)).json()).toMatchObject({
      moderation: 'rejected',
      moderationReason: reason,
    })
  })

  it('shows an affiliate manager the pixels of its affiliates, and lets it decide about no other', async () => {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'WORLD')
    const ann = await addAffiliateManager(api, world.workspace)
    const own = await addParty(api, world, { mark: 'OWN', managerId: ann.id })
    const foreign = await addParty(api, world, { mark: 'FOREIGN' })
    const staff = staffOf(api.app, { cookie: ann.cookie, origin: DASHBOARD_URL })
    const idsOf = async (who: Staff): Promise<readonly string[]> =>
      (await who.list()).json().items.map(({ id }: { id: string }) => id)
    const decide = async ({ ids }: Party) =>
      await staff.decide(ids.moderated ?? '', { moderation: 'approved', textHash: ids.textHash })
    expect(await idsOf(staff)).toContain(own.ids.moderated)
    expect(await idsOf(staff)).not.toContain(foreign.ids.moderated)
    expect((await decide(foreign)).statusCode).toBe(404)
    expect((await decide(own)).statusCode).toBe(200)
    const all = staffOf(api.app, { authorization: `Bearer ${world.keys.manager}` })
    expect(await idsOf(all)).toContain(foreign.ids.moderated)
    expect(await idsOf(all)).not.toContain(own.ids.moderated)
    expect((await decide({ ...own, ids: { ...own.ids, moderated: 'unknown' } })).statusCode).toBe(404)
  })
})
