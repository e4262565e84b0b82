import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/domain/snapshot.ts'
import { advertiserOffer, affiliate } from './affiliate-snapshot.ts'
import { campaign, type EdgeRig, offer, path, startRig, testSnapshot } from './edge-rig.ts'

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
const HASH = createHash('sha256').update('jane@shop.example').digest('hex')
/** Plain, and as URLs carry it. */
const PERSONAL = /jane|5550100|555%20010/i
const SAID = 'email=Jane%40shop.example&ph=%2B1+5550100100&x=1'

let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig({ snapshot: snapshotWith() })
})
afterAll(() => rig.stop())

/** A traffic source that maps `email`, and offers whose URLs ask for it. */
function snapshotWith(): Snapshot {
  const base = testSnapshot()
  const url =
    'https://offer.example/t?m={token.mail}&h={token.mail|base64}&r={referrer}&n={random}&cid={clickid}'
  const trafficSources = base.trafficSources.map((source) => ({
    ...source,
    tokens: [...source.tokens, { name: 'mail', param: 'email' }],
  }))
  return {
    ...base,
    trafficSources,
    affiliates: [affiliate('a1')],
    offers: [
      ...base.offers,
      offer('o-mail', url),
      advertiserOffer('plain'),
      advertiserOffer('deep', { deepLinkDomains: ['shop.example'], clickIdParam: 'tid' }),
    ],
    campaigns: [
      ...base.campaigns,
      campaign('mail', { paths: [path('p-mail', ['o-mail'])] }),
      campaign('mail-lander', {
        paths: [{ ...path('p-mail-lander', ['o-mail']), landers: [{ id: 'l1', weight: 1 }] }],
      }),
    ],
  }
}

/** Every byte that the edge has written. */
async function written(): Promise<string> {
  const directory = join(rig.dataDir, 'journal', 'edge-0')
  const files = await readdir(directory)
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'latin1')))
  return texts.join('\n')
}

async function visit(url: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await rig.get(url, { headers: { ...BROWSER, ...headers } })
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('no visit was recorded')
  return { answer, row }
}

describe('an e-mail address or phone number on a tracking link', () => {
  it.each<[string, string, Record<string, string>?]>([
    ['a campaign', `/c/direct?${SAID}`],
    ['an affiliate link', `/o/plain/a1?${SAID}`],
    ['a page', `/tp/visit?campaign=direct&url=${encodeURIComponent(`https://l.example/?${SAID}`)}`],
    [
      'a page, with its referrer',
      `/tp/visit?campaign=direct&ref=${encodeURIComponent(`https://l.example/?${SAID}`)}`,
    ],
    ['another system', `/aff_c?offer_id=plain&aff_id=a1&${SAID}`],
    ['an impression', `/i/direct.gif?${SAID}`],
    ['a referrer', '/c/direct?x=1', { referer: 'https://l.example/?email=jane@shop.example#tel=5550100' }],
  ])('is never written down: %s', async (_, url, headers = {}) => {
    await rig.get(url, { headers: { ...BROWSER, ...headers } })
    await rig.records()
    expect(await written()).not.toMatch(PERSONAL)
  })

  it('is kept under its name, masked, and hashed with consent as in a hit', async () => {
    const plain = await visit(`/o/plain/a1?${SAID}`)
    expect(plain.row.params).toEqual({ email: '***', ph: '***', x: '1' })
    const agreed = await visit(`/o/plain/a1?${SAID}&Consent=1`)
    expect(agreed.row.params).toMatchObject({ email: `sha256:${HASH}`, x: '1' })
    expect(agreed.row.params?.ph).toMatch(/^sha256:[\da-f]{64},[\da-f]{64}$/)
  })

  it('goes on in plain where an offer asks for it, and is masked in the URL that is kept', async () => {
    const headers = { referer: 'https://l.example/?em=jane@shop.example' }
    const { answer, row } = await visit(`/c/mail?${SAID}`, headers)
    const sent = new URL(answer.headers.location ?? '').searchParams
    expect(sent.get('m')).toBe('Jane@shop.example')
    expect(sent.get('r')).toBe('https://l.example/?em=jane@shop.example')
    const kept = new URL(row.location ?? '').searchParams
    expect(Object.fromEntries(kept)).toEqual({
      m: '***',
      h: btoa('***'),
      r: 'https://l.example/?em=***',
      n: sent.get('n'),
      cid: row.click_id,
    })
    expect(row.tokens).toMatchObject({ mail: '***' })
    expect(await written()).not.toMatch(PERSONAL)
  })

  it('goes on in plain by the click that follows a lander, and is masked in its URL', async () => {
    const { row } = await visit(`/c/mail-lander?${SAID}`)
    const answer = await rig.get(`/click?cid=${row.click_id}`, { headers: BROWSER })
    expect(new URL(answer.headers.location ?? '').searchParams.get('m')).toBe('Jane@shop.example')
    const click = (await rig.records()).clicks.at(-1)
    expect(new URL(click?.location ?? '').searchParams.get('m')).toBe('***')
    expect(await written()).not.toMatch(PERSONAL)
  })

  it('is masked in the page that a link asks for, where the visitor is sent with it', async () => {
    const page = 'https://shop.example/shoes?email=jane@shop.example'
    const { answer, row } = await visit(`/o/deep/a1?url=${encodeURIComponent(page)}`)
    expect(answer.headers.location).toContain('email=jane@shop.example')
    expect(row.location).toBe(`https://shop.example/shoes?email=***&tid=${row.click_id}`)
    expect(await written()).not.toMatch(PERSONAL)
  })

  it('leaves external id and sub ids as they were sent, whatever they look like', async () => {
    const { answer, row } = await visit('/c/rich?xid=a%40b.example&sub1=c%40d.example')
    expect(row).toMatchObject({ external_id: 'a@b.example', sub1: 'c@d.example' })
    expect(row.location).toBe(answer.headers.location)
  })
})
