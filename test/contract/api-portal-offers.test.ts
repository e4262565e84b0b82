import { describe, expect, it } from 'vitest'
import { updateAdvertiser } from '../../src/store/advertisers.ts'
import { archiveOffer } from '../../src/store/offers.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PUBLIC_URL } from './api-harness.ts'
import { type Answer, openPortal, PORTAL_NOW, SECRETS } from './portal-rig.ts'

const ACCEPTED = { state: 'approved', acceptedAt: PORTAL_NOW } as const

describe.each(SQL_ENGINES)('offers in the portal, on %s', (engine) => {
  const stores = useStores(engine)

  it('are those that are active and not private, and private ones that were granted', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const other = await rig.affiliate()
    const open = await rig.offer({}, { name: 'open' })
    const byApproval = await rig.offer({ visibility: 'approval' }, { name: 'by approval' })
    const granted = await rig.offer({ visibility: 'private' }, { name: 'granted' })
    const anothers = await rig.offer({ visibility: 'private' }, { name: 'another’s' })
    const blocked = await rig.offer({ visibility: 'private' }, { name: 'taken back' })
    const paused = await rig.offer({ status: 'paused' }, { name: 'paused' })
    const pending = await rig.offer({ status: 'pending' }, { name: 'pending' })
    const expired = await rig.offer({ expiresAt: PORTAL_NOW }, { name: 'expired' })
    const later = await rig.offer({ expiresAt: PORTAL_NOW + 1 }, { name: 'expires later' })
    const archived = await rig.offer({}, { name: 'archived' })
    await archiveOffer(rig.api.store.db, { workspace: rig.workspace, id: archived }, PORTAL_NOW)
    await rig.agree(granted, portal, { state: 'approved' })
    await rig.agree(anothers, other, { state: 'approved' })
    await rig.agree(blocked, portal, { state: 'blocked' })
    expect(idsOf(await portal.get('offers'))).toEqual(new Set([open, byApproval, granted, later]))
    for (const id of [anothers, blocked, pending, archived]) {
      expect((await portal.get(`offers/${id}`)).statusCode).toBe(404)
      expect((await portal.get(`offers/${id}/link`)).statusCode).toBe(404)
      expect((await portal.post(`offers/${id}/apply`, {})).statusCode).toBe(404)
    }
    expect((await portal.get(`offers/${paused}`)).json()).toMatchObject({ status: 'paused', link: '' })
    expect((await portal.get(`offers/${expired}`)).json()).toMatchObject({ status: 'expired', link: '' })
  })

  it('are found by a part of the name, a tag, a country, and by what the affiliate may run', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const ring = await rig.offer({}, { name: '100% Ringtones_', tags: ['mobile'], countries: ['DE', 'AT'] })
    const loans = await rig.offer({ visibility: 'approval' }, { name: 'Loans', tags: ['finance'] })
    const quiz = await rig.offer({ status: 'paused', visibility: 'approval' }, { name: 'Quiz' })
    const terms = await rig.offer({ agreement: 'No spam' }, { name: 'Terms' })
    await rig.agree(quiz, portal, ACCEPTED)
    const found = async (query: string) => idsOf(await portal.get(`offers?${query}`))
    expect(await found('search=ringTONES_')).toEqual(new Set([ring]))
    expect(await found('search=%25')).toEqual(new Set([ring]))
    expect(await found('tag=finance')).toEqual(new Set([loans]))
    expect(await found('tag=fin')).toEqual(new Set())
    expect(await found('country=de')).toEqual(new Set([ring, loans, terms]))
    expect(await found('country=FR')).toEqual(new Set([loans, terms]))
    expect(await found('mine=true')).toEqual(new Set([ring, quiz]))
    await rig.agree(terms, portal, ACCEPTED)
    expect(await found('mine=true')).toEqual(new Set([ring, quiz, terms]))
  })

  it('of a paused advertiser are paused', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const id = await rig.offer()
    await updateAdvertiser(rig.api.store.db, rig.advertiserKey, { status: 'paused' }, PORTAL_NOW)
    expect(idsOf(await portal.get('offers'))).toEqual(new Set())
    expect((await portal.get(`offers/${id}`)).json()).toMatchObject({ status: 'paused', linkReason: PAUSED })
  })
})

const PAUSED = 'This offer is paused: its links work again once it is resumed.'

describe('an offer in the portal', () => {
  const stores = useStores('sqlite')

  it('shows the affiliate its own payout: its own, else its tier’s, else the offer’s', async () => {
    const rig = await openPortal(stores)
    const flat = (units: number) => ({ model: 'flat', amountMicros: units * 1_000_000 }) as const
    const id = await rig.offer({
      goals: [{ event: 'deposit', name: '', revenue: flat(99), payout: flat(5) }],
      tiers: [
        { tier: 'gold', event: '', payout: flat(3) },
        { tier: 'gold', event: 'deposit', payout: flat(6) },
      ],
    })
    const [plain, gold, special] = [
      await rig.affiliate(),
      await rig.affiliate({ tier: 'gold' }),
      await rig.affiliate({ tier: 'gold' }),
    ]
    await rig.agree(id, special, { state: 'approved', payouts: { '': flat(4) } })
    const payouts = async (portal: typeof plain) => {
      const { payout, goals } = (await portal.get(`offers/${id}`)).json()
      return [payout.amount, goals[0].payout.amount]
    }
    expect(await payouts(plain)).toEqual(['2', '5'])
    expect(await payouts(gold)).toEqual(['3', '6'])
    expect(await payouts(special)).toEqual(['4', '6'])
  })

  it('tells nothing of what the advertiser pays, nor who it is', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const cap = { daily: 987_654_321, monthly: null, total: null }
    const caps = { conversions: NONE, payoutMicros: NONE, revenueMicros: cap }
    const id = await rig.offer({
      goals: [{ event: 'deposit', name: '', revenue: SECRET_PRICE, payout: SECRET_PRICE }].map((goal) => ({
        ...goal,
        payout: { model: 'flat', amountMicros: 1 } as const,
      })),
      caps: { payoutMicros: cap, revenueMicros: cap, perAffiliate: caps },
    })
    for (const path of ['offers', `offers/${id}`]) {
      const { body } = await portal.get(path)
      expect(body).not.toContain(rig.advertiserId)
      for (const secret of SECRETS) expect(body).not.toContain(secret)
    }
  })

  it('has creatives ready to paste, in which nothing is anybody’s markup', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const creative = { id: 'c1', name: '"><script>', url: '', text: '', width: 0, height: 0 }
    const id = await rig.offer({
      creatives: [
        { ...creative, type: 'image', url: 'https://cdn.example/a.png?x="&y', width: 300, height: 250 },
        { ...creative, id: 'c2', type: 'text', text: '<b>Win</b>' },
        { ...creative, id: 'c3', type: 'email', text: 'Dear,\n{link}\nBye' },
      ],
      landingPages: [{ id: 'lp1', name: 'Long', url: 'https://advertiser.example/long' }],
    })
    const link = `${PUBLIC_URL}/o/${id}/${portal.affiliateId}`
    const { creatives, landingPages } = (await portal.get(`offers/${id}`)).json()
    expect(creatives.map(({ html }: { html: string }) => html)).toEqual([
      `<a href="${link}"><img src="https://cdn.example/a.png?x=&quot;&amp;y" alt="&quot;&gt;&lt;script&gt;" width="300" height="250"></a>`,
      `<a href="${link}">&lt;b&gt;Win&lt;/b&gt;</a>`,
      `<p>Dear,<br><a href="${link}">${link}</a><br>Bye</p>`,
    ])
    expect(landingPages).toEqual([{ id: 'lp1', name: 'Long', link: `${link}?lp=lp1` }])
  })

  it.each([
    ['postback', true, [], 'This offer allows postbacks only'],
    ['image', true, ['image'], 'This offer allows postbacks and one image pixel'],
    ['iframe', true, ['image', 'iframe', 'script'], ''],
    ['script', true, ['image', 'iframe', 'script'], ''],
    ['iframe', false, [], 'This offer allows postbacks only'],
  ] as const)(
    'with the protocol %s, pixels allowed %s, takes pixels %j',
    async (protocol, allowsPixels, pixels, reason) => {
      const rig = await openPortal(stores)
      const portal = await rig.affiliate()
      const id = await rig.offer({ protocol, allowsPixels })
      const { kinds } = (await portal.get(`offers/${id}`)).json()
      const allowed = kinds.filter((kind: { isAllowed: boolean }) => kind.isAllowed)
      expect(allowed.map(({ type }: { type: string }) => type)).toEqual(['postback', ...pixels])
      for (const kind of kinds) expect(kind.reason).toContain(kind.isAllowed ? '' : reason)
    },
  )
})

const NONE = { daily: null, monthly: null, total: null }
const SECRET_PRICE = { model: 'flat', amountMicros: 987_654_321 } as const

describe('an application', () => {
  const stores = useStores('sqlite')

  it('for an offer by approval waits, and lets the affiliate in once it is approved', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const id = await rig.offer({ visibility: 'approval' })
    expect((await portal.get(`offers/${id}`)).json()).toMatchObject({
      application: { state: 'none' },
      mayRun: false,
      linkReason: 'Apply for this offer first.',
    })
    const applied = await portal.post(`offers/${id}/apply`, { message: 'By newsletter' })
    expect(applied.json()).toMatchObject({
      application: { state: 'pending', message: 'By newsletter' },
      link: '',
      linkReason: 'Your application for this offer waits for approval.',
    })
    await rig.agree(id, portal, ACCEPTED)
    expect((await portal.get(`offers/${id}/link`)).json()).toMatchObject({
      link: `${PUBLIC_URL}/o/${id}/${portal.affiliateId}`,
      reason: '',
    })
  })

  it('for a public offer with terms accepts them, and lets the affiliate in at once', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const id = await rig.offer({ agreement: 'No spam' })
    expect((await portal.get(`offers/${id}`)).json()).toMatchObject({
      mayRun: false,
      linkReason: 'Accept the terms of this offer first.',
    })
    expect((await portal.post(`offers/${id}/apply`, {})).json()).toMatchObject({
      status: 422,
      errors: [{ field: 'acceptAgreement' }],
    })
    const accepted = await portal.post(`offers/${id}/apply`, { acceptAgreement: true })
    expect(accepted.json()).toMatchObject({ mayRun: true, application: { state: 'approved' } })
  })

  it('that was refused may be renewed, and keeps what was agreed on; one that was blocked may not', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const [refused, blocked] = [await rig.offer(), await rig.offer()]
    const payouts = { '': { model: 'flat', amountMicros: 7_000_000 } } as const
    await rig.agree(refused, portal, { state: 'rejected', reason: 'No site', payouts })
    await rig.agree(blocked, portal, { state: 'blocked' })
    expect((await portal.get(`offers/${refused}`)).json().linkReason).toContain('No site')
    expect((await portal.post(`offers/${refused}/apply`, {})).json()).toMatchObject({
      application: { state: 'pending', reason: '' },
      payout: { amount: '7' },
    })
    const answer = await portal.post(`offers/${blocked}/apply`, {})
    expect(answer.json()).toMatchObject({ status: 403, code: 'offer_blocked' })
  })
})

describe('the link builder', () => {
  const stores = useStores('sqlite')

  it('writes sub ids, source and click id into the link, and leaves macros of a traffic source alone', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const id = await rig.offer()
    const query = new URLSearchParams({
      sub1: 'a b&c',
      sub10: 'x',
      source: '{zoneid}',
      aff_click_id: '%%SUBID%%',
    })
    const { link, impressionUrl } = (await portal.get(`offers/${id}/link?${query.toString()}`)).json()
    expect(impressionUrl).toContain(`${PUBLIC_URL}/i/${id}/${portal.affiliateId}.gif?sub1=a%20b%26c`)
    expect(link).toBe(
      `${PUBLIC_URL}/o/${id}/${portal.affiliateId}?sub1=a%20b%26c&sub10=x&source={zoneid}&aff_click_id=%%SUBID%%`,
    )
  })

  it('leads to domains of the offer alone, and to its landing pages', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const landingPages = [{ id: 'lp1', name: 'Long', url: 'https://shop.example/long' }]
    const deepLinkDomains = ['shop.example', 'xn--bcher-kva.example']
    const id = await rig.offer({ deepLinkDomains, landingPages })
    const none = await rig.offer()
    const build = async (offer: string, params: Record<string, string>) =>
      (await portal.get(`offers/${offer}/link?${new URLSearchParams(params).toString()}`)).json()
    const page = 'https://www.shop.example/p?id=1'
    expect((await build(id, { url: page })).link).toContain(`?url=${encodeURIComponent(page)}`)
    const umlaut = 'https://www.bücher.example/ä'
    expect((await build(id, { url: umlaut })).link).toContain(`?url=${encodeURIComponent(umlaut)}`)
    expect((await build(id, { lp: 'lp1' })).link).toContain('?lp=lp1')
    for (const url of [
      'https://evilshop.example/',
      'https://shop.example.evil.example/',
      'javascript:alert(1)',
    ]) {
      expect(await build(id, { url })).toMatchObject({ status: 422, errors: [{ field: 'url' }] })
    }
    expect(await build(id, { lp: 'lp2' })).toMatchObject({ status: 422, errors: [{ field: 'lp' }] })
    expect((await build(none, { url: page })).detail).toContain('takes no deep links')
  })
})

function idsOf(answer: Answer): ReadonlySet<string> {
  return new Set(answer.json().items.map(({ id }: { id: string }) => id))
}
