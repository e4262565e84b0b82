import { describe, expect, it } from 'vitest'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { createDomain } from '../../src/store/domains.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PUBLIC_URL } from './api-harness.ts'
import { openPortal, PORTAL_NOW, type Portal, type PortalRig } from './portal-rig.ts'

const PASTED = 'https://tracker.example/pb?cid={externalid}&payout={payout}'

describe.each(SQL_ENGINES)('postbacks in the portal, on %s', (engine) => {
  const stores = useStores(engine)

  it('are made, changed, listed and deleted by their affiliate, and reached by no other', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer()
    const created = await portal.post('postbacks', {
      url: PASTED,
      offerId,
      events: ['sale'],
      secret: 'S3CRET',
    })
    expect(created.statusCode).toBe(201)
    expect(created.json()).toMatchObject({ url: PASTED, offerId, moderation: 'approved', hasSecret: true })
    expect(created.body).not.toContain('S3CRET')
    const { id } = created.json()
    await portal.post('postbacks', { url: `${PASTED}&all=1` })
    expect((await portal.get('postbacks')).json().items).toHaveLength(2)
    expect((await portal.get(`postbacks?offerId=${offerId}`)).json().items).toMatchObject([{ id }])
    expect((await portal.get('postbacks?offerId=')).json().items).toMatchObject([{ offerId: '' }])
    expect((await portal.patch(`postbacks/${id}`, { delaySeconds: 60 })).json()).toMatchObject({
      url: PASTED,
      delaySeconds: 60,
    })
    expect((await other.get('postbacks')).json().items).toEqual([])
    for (const answer of [
      await other.get(`postbacks/${id}`),
      await other.patch(`postbacks/${id}`, { status: 'disabled' }),
      await other.delete(`postbacks/${id}`),
      await other.post(`postbacks/${id}/test`, {}),
    ]) {
      expect(answer.statusCode).toBe(404)
    }
    expect((await portal.delete(`postbacks/${id}`)).statusCode).toBe(204)
    expect((await portal.get(`postbacks/${id}`)).statusCode).toBe(404)
  })

  it('have one Global Postback that is pasted and submitted: a second one replaces the first', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    // Of one event: not the Global Postback.
    await portal.post('postbacks', { url: `${PASTED}&event=1`, events: ['lead'] })
    const first = (await portal.post('global-postback', { url: PASTED })).json()
    expect(first).toMatchObject({ url: PASTED, offerId: '', type: 'postback', events: [] })
    await portal.patch(`postbacks/${first.id}`, { status: 'disabled' })
    const second = await portal.post('global-postback', { url: `${PASTED}&new=1` })
    expect(second.json()).toMatchObject({ id: first.id, url: `${PASTED}&new=1`, status: 'active' })
    expect((await portal.get('postbacks')).json().items).toHaveLength(2)
  })
})

describe('a postback of an affiliate', () => {
  const stores = useStores('sqlite')

  it.each([
    ['unknown macros', { url: 'https://t.example/?p={payuot}' }, 'url', 'did you mean {payout}'],
    ['unknown macros in a body', posted('{"p":"{payuot}"}'), 'bodyTemplate', 'did you mean {payout}'],
    ['a private address', { url: 'http://10.0.0.1/?p={payout}' }, 'url', 'not a public address'],
    ['a private address written oddly', { url: 'http://0x0a.1/' }, 'url', 'not a public address'],
    ['our own host', { url: `${PUBLIC_URL}/postback?cid={clickid}` }, 'url', 'leads back to this network'],
    ['our own host in capitals', { url: 'https://TRACK.example.com./' }, 'url', 'leads back to this network'],
    ['a domain of the network', { url: 'https://go.example/postback' }, 'url', 'leads back to this network'],
    ['our own host in code', markup('<img src="//track.example.com/pixel.gif">'), 'code', 'leads back'],
    ['unknown macros in code', markup('<img src="https://t.example/?p={payuot}">'), 'code', 'payuot'],
    ['another scheme', { url: 'javascript:alert(1)' }, 'url', 'http:// or https://'],
    ['a host of macros', { url: 'https://{sub1}/' }, 'url', 'fixed domain'],
    ['no URL', { type: 'image' }, 'url', 'is missing'],
    ['code that is no script', { type: 'image', code: '<img>' }, 'code', 'only a pixel of type script'],
    ['code and a URL', { type: 'script', code: '<b>', url: PASTED }, 'code', 'not both'],
    ['a body with GET', { url: PASTED, bodyTemplate: 'x' }, 'bodyTemplate', 'a GET has no body'],
    ['a signed pixel', { type: 'image', url: PASTED, secret: 's' }, 'secret', 'only a postback is signed'],
    ['an unknown offer', { url: PASTED, offerId: 'unknown' }, 'offerId', 'there is no offer'],
  ])('is refused with %s', async (_why, body, field, message) => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const domain = { name: 'go.example', defaultCampaignId: '', fallbackUrl: '' }
    await createDomain(rig.api.store.db, rig.workspace, domain, PORTAL_NOW)
    const answer = await portal.post('postbacks', body)
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ field }] })
    expect(answer.json().errors[0].message).toContain(message)
    // What may not be created may not become so either.
    const { id } = (await portal.post('postbacks', { url: PASTED })).json()
    expect((await portal.patch(`postbacks/${id}`, { url: '', ...body })).statusCode).toBe(422)
  })

  it('is refused for an offer that its affiliate may not see', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer({ visibility: 'private' })
    await rig.agree(offerId, other, { state: 'approved' })
    expect((await other.post('postbacks', { url: PASTED, offerId })).statusCode).toBe(201)
    expect((await portal.post('postbacks', { url: PASTED, offerId })).json()).toMatchObject({
      errors: [{ field: 'offerId' }],
    })
  })

  it('of a kind that the offer leaves no room for is refused with the reason; a global pixel is not', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const server = await rig.offer({ protocol: 'postback' })
    const image = await rig.offer({ protocol: 'image' })
    const iframe = await rig.offer({ protocol: 'iframe' })
    const postbacksOnly = await rig.offer({ protocol: 'iframe', allowsPixels: false })
    const save = (type: string, offerId: string) => portal.post('postbacks', { type, url: PASTED, offerId })
    for (const [type, offerId] of [
      ['image', server],
      ['iframe', image],
      ['script', image],
      ['image', postbacksOnly],
    ] as const) {
      const answer = await save(type, offerId)
      expect(answer.json()).toMatchObject({ status: 422, errors: [{ field: 'type' }] })
      expect(answer.json().detail).toContain('This offer allows postbacks')
    }
    for (const [type, offerId] of [
      ['postback', server],
      ['image', image],
      ['script', iframe],
      ['iframe', ''],
    ] as const) {
      expect((await save(type, offerId)).statusCode).toBe(201)
    }
  })

  it('may name macros as other networks do', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    for (const url of [
      'https://t.example/?c={aff_click_id}&s={aff_sub}&p={payout}&t={transaction_id}&o={offer_id}',
      'https://t.example/?c={sub1}&s={source_id}&e={event_name}',
      'https://t.example/?c=#s2#&p=#price#&l=#leadid#',
      'https://t.example/?c={source}&d={date}',
    ]) {
      expect((await portal.post('postbacks', { url })).statusCode, url).toBe(201)
    }
  })

  it.each([
    ['https://t.example/tracking202/static/gpb.php?amount=&subid=', 'amount={payout}&subid={sub1}'],
    ['https://t.example/tracking202/static/gpb.php', 'amount={payout}&subid={sub1}'],
    ['https://t.example/gpb.php?amount=3&subid={externalid}', 'amount=3&subid={externalid}'],
    ['https://t.example/gpb.php?sid=&t202txid={txid}', 'sid={sub1}&t202txid={txid}&amount={payout}'],
  ])('pasted from Prosper202 as %s calls it with %s', async (url, query) => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const { url: saved } = (await portal.post('global-postback', { url })).json()
    expect(saved.split('?')[1]).toBe(query)
  })

  it('waits for approval as the network’s settings say; another text waits anew, another filter does not', async () => {
    const network = { ...DEFAULT_NETWORK_SETTINGS, autoApprovePostbacks: true, autoApproveImages: false }
    const rig = await openPortal(stores, { workspace: { network } })
    const portal = await rig.affiliate()
    const moderationOf = async (body: object) => (await portal.post('postbacks', body)).json().moderation
    expect(await moderationOf({ url: PASTED })).toBe('approved')
    expect(await moderationOf({ type: 'image', url: PASTED })).toBe('pending')
    expect(await moderationOf({ type: 'script', code: '<script>1</script>' })).toBe('pending')
    const { id } = (await portal.post('postbacks', { type: 'iframe', url: PASTED })).json()
    await approve(rig, id)
    const change = async (body: object) => (await portal.patch(`postbacks/${id}`, body)).json().moderation
    expect(await change({ events: ['lead'], onlyWithPayout: true })).toBe('approved')
    expect(await change({ url: `${PASTED}&x=1` })).toBe('pending')
  })

  it('can not set whose it is, nor that it is approved', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    for (const extra of [
      { moderation: 'approved' },
      { ownerId: 'x' },
      { ownerType: 'campaign' },
      { percent: 5 },
    ]) {
      expect((await portal.post('postbacks', { url: PASTED, ...extra })).statusCode).toBe(400)
    }
  })

  it('is one of 200 at most', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    for (let n = 0; n < 200; n++) expect((await save(portal, n)).statusCode).toBe(201)
    expect((await save(portal, 200)).json()).toMatchObject({ status: 422, code: 'too_many_postbacks' })
  })
})

function posted(bodyTemplate: string) {
  return { url: PASTED, method: 'POST', contentType: 'application/json', bodyTemplate }
}

function markup(code: string) {
  return { type: 'script', code }
}

function save(portal: Portal, n: number) {
  return portal.post('postbacks', { url: `https://t.example/${n}` })
}

async function approve({ api }: PortalRig, id: string): Promise<void> {
  await api.store.db
    .updateTable('notification_targets')
    .set({ moderation: 'approved' })
    .where('id', '=', id)
    .execute()
}
