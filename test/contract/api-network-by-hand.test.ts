import { describe, expect, it } from 'vitest'
import { createUploadJob, UPLOAD_JOB } from '../../src/conversions/upload-apply.ts'
import { createAffiliate } from '../../src/store/affiliates.ts'
import { getJob } from '../../src/store/jobs.ts'
import { createOffer } from '../../src/store/offers.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, type TestStores, useStores } from '../support/databases.ts'
import { PLAIN_AFFILIATE, PLAIN_OFFER, PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { WORLD_TERMS } from '../support/network-world.ts'
import { openReconciliationRig, type ReconciliationRig } from './reconciliation-rig.ts'

async function open(stores: TestStores) {
  // A sender would have to prove itself, and the affiliate to be approved: a member vouches for both.
  const rig = await openReconciliationRig(stores, {
    advertiser: { token: 'secret', signingSecret: 'sign', ipAllowlist: ['192.0.2.1'] },
    terms: { visibility: 'private' },
  })
  const { affiliateId, offerId } = rig.world
  return { rig, named: { affiliateId, offerId } }
}

async function recorded({ world: { store } }: ReconciliationRig) {
  return await store.db
    .selectFrom('conversions')
    .select(['click_id', 'offer_id', 'affiliate_id', 'advertiser_id', 'txid', 'sale_micros', 'payout_micros'])
    .orderBy('txid')
    .execute()
}

/** Offer and affiliate of another workspace. */
async function makeForeign({ world: { store, time, advertiserId } }: ReconciliationRig) {
  const { id: workspace } = await createWorkspace(store.db, PLAIN_WORKSPACE, time.now)
  const terms = { ...PLAIN_OFFER, name: 'Foreign', advertiserId, terms: WORLD_TERMS }
  const offer = await createOffer(store.db, workspace, terms, time.now)
  const affiliate = await createAffiliate(store.db, workspace, PLAIN_AFFILIATE, time.now)
  return { offerId: offer.id, affiliateId: affiliate.id }
}

describe.each(SQL_ENGINES)('a conversion without a click, reported by a member, on %s', (engine) => {
  const stores = useStores(engine)

  it('is the affiliate’s at the offer, and known again by its transaction', async () => {
    const { rig, named } = await open(stores)
    const report = { ...named, txid: 'A-1', payout: '40', key: 'order 1' }
    const { status, body } = await rig.send('POST', '/conversions', report)
    expect([status, body.outcome, body.reason]).toEqual([200, 'recorded', ''])
    expect((await rig.send('POST', '/conversions', report)).body).toEqual(body)
    const again = await rig.send('POST', '/conversions', { ...named, txid: 'A-1' })
    expect(again.body).toMatchObject({ outcome: 'duplicate', conversion: body.conversion })
    expect(await recorded(rig)).toEqual([
      {
        click_id: '',
        offer_id: named.offerId,
        affiliate_id: named.affiliateId,
        advertiser_id: rig.world.advertiserId,
        txid: 'A-1',
        sale_micros: 40_000_000,
        payout_micros: 2_000_000,
      },
    ])
    expect((await rig.send('GET', `/hits/${body.hit}`)).body).toMatchObject({
      kind: 'manual',
      attribution: 'explicit',
      affiliateId: named.affiliateId,
      reportedBy: expect.stringMatching(/^key:/),
    })
  })

  it('is never one of another workspace', async () => {
    const { rig, named } = await open(stores)
    const foreign = await makeForeign(rig)
    const tracker = await createOffer(
      rig.world.store.db,
      rig.world.workspaceId,
      { ...PLAIN_OFFER, name: 'Of no advertiser' },
      rig.world.time.now,
    )
    for (const [field, report] of [
      ['offerId', { ...named, offerId: foreign.offerId }],
      ['affiliateId', { ...named, affiliateId: foreign.affiliateId }],
      ['offerId', foreign],
      ['offerId', { ...named, offerId: tracker.id }],
      ['affiliateId', { ...named, affiliateId: 'nobody' }],
    ] as const) {
      const answer = await rig.send('POST', '/conversions', { ...report, txid: 'A-1' })
      expect(answer, JSON.stringify(report)).toMatchObject({ status: 422, body: { errors: [{ field }] } })
    }
    const rows = [`${foreign.offerId},${named.affiliateId}`, `${named.offerId},${foreign.affiliateId}`]
    const { body } = await upload(rig, `offer,affiliate,txid\n${rows[0]},A\n${rows[1]},B\n`)
    expect(body.problems).toEqual([
      { line: 2, reason: 'no offer of an advertiser of this workspace has that id' },
      { line: 3, reason: 'no affiliate of this workspace has that id' },
    ])
    expect(await recorded(rig)).toEqual([])
    expect((await rig.send('GET', '/hits')).body.items).toEqual([])
  })

  it('comes by a file as well, of which the preview says what is there already', async () => {
    const { rig, named } = await open(stores)
    const { offerId, affiliateId } = named
    const clickId = rig.world.visit()
    await rig.send('POST', '/conversions', { ...named, txid: 'A-1' })
    const lines = [
      'Offer,Affiliate ID,Click ID,Order ID,Amount',
      `${offerId},${affiliateId},,A-1,10`,
      `${offerId},${affiliateId},,A-2,20`,
      `Ringtones,Media buyer,${clickId},A-3,30`,
      `${offerId},${affiliateId},,,40`,
      `${offerId},,,A-5,50`,
      ',,,A-6,60',
      `{offer},${affiliateId},,A-7,70`,
    ]
    const { body: preview } = await upload(rig, lines.join('\n'))
    const without = 'without a click id it needs an offer, an affiliate and a transaction id'
    expect(preview).toMatchObject({
      rows: 7,
      broken: 4,
      problems: [
        { line: 5, reason: without },
        { line: 6, reason: without },
        { line: 7, reason: 'the click id is missing' },
        { line: 8, reason: 'the offer, the affiliate or the transaction id is an unfilled macro' },
      ],
      effect: { rows: 3, alreadyConverted: 1, amounts: [{ currency: '', rows: 3, amount: '60' }] },
    })
    expect(preview.firstRows.map(({ params }: { params: object }) => params)).toEqual([
      { offer: offerId, affiliate: affiliateId, txid: 'A-1', payout: '10' },
      { offer: offerId, affiliate: affiliateId, txid: 'A-2', payout: '20' },
      { cid: clickId, txid: 'A-3', payout: '30' },
    ])
    expect(await apply(rig, preview.id)).toEqual({ updated: 1, recorded: 2 })
    expect(await recorded(rig)).toMatchObject([
      { txid: 'A-1', click_id: '', sale_micros: 10_000_000 },
      { txid: 'A-2', click_id: '' },
      { txid: 'A-3', click_id: clickId, affiliate_id: affiliateId },
    ])
  })

  it('of a file is judged only while offer and affiliate are the workspace’s', async () => {
    const { rig, named } = await open(stores)
    const { body } = await upload(rig, `offer,affiliate,txid\n${named.offerId},${named.affiliateId},A-1\n`)
    expect(body).toMatchObject({ rows: 1, broken: 0 })
    const { db } = rig.world.store
    const other = await createWorkspace(db, PLAIN_WORKSPACE, rig.world.time.now)
    await db.updateTable('affiliates').set({ workspace: other.id }).execute()
    expect(await apply(rig, body.id)).toEqual({ unmatched: 1 })
    expect(await recorded(rig)).toEqual([])
  })
})

describe('a report of a conversion', () => {
  const stores = useStores('sqlite')

  it('says by its click, or by offer, affiliate and transaction, whose it is', async () => {
    const { rig, named } = await open(stores)
    const clickId = rig.world.visit()
    for (const [fields, report] of [
      [['clickId'], { txid: 'A' }],
      [['txid'], named],
      [['txid'], { ...named, txid: ' ' }],
      [['affiliateId'], { offerId: named.offerId, txid: 'A' }],
      [['offerId'], { affiliateId: named.affiliateId, txid: 'A' }],
      [['offerId', 'affiliateId'], { ...named, clickId, txid: 'A' }],
    ] as const) {
      const { status, body } = await rig.send('POST', '/conversions', report)
      const told = body.errors?.map(({ field }: { field: string }) => field)
      expect([status, told], JSON.stringify(report)).toEqual([400, fields])
    }
    expect((await rig.send('POST', '/conversions', { clickId })).body.outcome).toBe('recorded')
  })

  it.each([
    ['offer alone', 'offer,txid,payout\no1,A,1\n'],
    ['affiliate alone', 'affiliate,txid,payout\na1,A,1\n'],
  ])('of a file that names the %s is refused as a whole', async (_, csv) => {
    const { rig } = await open(stores)
    expect(await upload(rig, csv)).toMatchObject({ status: 422, body: { code: 'bad_upload' } })
  })
})

async function upload({ api, key }: ReconciliationRig, payload: string) {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v1/conversion-uploads',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
    payload,
  })
  return { status: answer.statusCode, body: answer.json() }
}

/** @returns how many rows had which outcome. */
async function apply(rig: ReconciliationRig, id: string) {
  const { api, world } = rig
  const { body: made } = await rig.send('POST', `/conversion-uploads/${id}/apply`, {})
  const job = await getJob(api.store.db, { workspace: world.workspaceId, id: made.id })
  if (job?.kind !== UPLOAD_JOB) throw new Error('there is no such job')
  const step = { progress: async () => {}, signal: new AbortController().signal }
  await createUploadJob(api.deps.byHand)(job, step)
  return (await rig.send('GET', `/conversion-uploads/${id}`)).body.outcomes
}
