import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/domain/snapshot.ts'
import { EDGE_LIMITS } from '../../src/edge/edge-limits.ts'
import { advertiserOffer, affiliate } from './affiliate-snapshot.ts'
import { type Ask, campaign, type EdgeRig, path, startRig, testSnapshot } from './edge-rig.ts'

const PERSON = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
const LANDER_SECRET = 'k'.repeat(32)
let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig({ snapshot: snapshotWith() })
})
afterAll(() => rig.stop())

function snapshotWith(): Snapshot {
  const base = testSnapshot()
  const [lander] = base.landers
  if (lander === undefined) throw new Error('the snapshot is empty')
  const url = 'https://safe.example/?k={lander.key}&h={lander.key|sha256}&cid={clickid}'
  return {
    ...base,
    landers: [
      ...base.landers,
      { ...lander, id: 'l-safe', url, protection: { secret: LANDER_SECRET, minutes: 10 } },
    ],
    affiliates: [affiliate('a1')],
    offers: [
      ...base.offers,
      advertiserOffer('plain'),
      advertiserOffer('deep', { deepLinkDomains: ['shop.example'], clickIdParam: 'tid' }),
      advertiserOffer('paused', { status: 'paused' }),
    ],
    campaigns: [
      ...base.campaigns,
      campaign('double', { redirectMode: 'double_meta' }),
      campaign('own', { status: 'paused', fallbackUrl: 'https://fallback.example/own?c={clickid}' }),
      campaign('bare', { status: 'paused', fallbackUrl: '' }),
      campaign('macro', { paths: [path('p-macro', ['o3'])] }),
      campaign('safe', {
        paths: [
          {
            id: 'p-safe',
            weight: 1,
            landers: [{ id: 'l-safe', weight: 1 }],
            offers: [{ id: 'o1', weight: 1 }],
          },
        ],
      }),
    ],
  }
}

async function visit(url: string, options: Ask = {}) {
  const answer = await rig.get(url, { ...options, headers: { ...PERSON, ...options.headers } })
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('no visit was recorded')
  return { answer, row }
}

describe('a visit is recorded with where it was sent', () => {
  it.each(['/c/direct?xid=1', '/c/lander', '/c/macro?sub1=a%26b', '/o/plain/a1'])('by %s', async (url) => {
    const { answer, row } = await visit(url)
    expect(answer.headers.location).toMatch(/^https:/)
    expect(row.location).toBe(answer.headers.location)
  })

  it('by a deep link, to the page that was asked for', async () => {
    const { answer, row } = await visit('/o/deep/a1?url=https%3A%2F%2Fshop.example%2Fshoes')
    expect(answer.headers.location).toBe(`https://shop.example/shoes?tid=${row.click_id}`)
    expect(row.location).toBe(answer.headers.location)
  })

  it('over a second hop, which is signed, with the target alone', async () => {
    const { answer, row } = await visit('/c/double')
    expect(answer.text).toContain('/hop?t=')
    expect(row.location).toBe(`https://offer.example/o1?cid=${row.click_id}`)
  })

  it('without the key of a protected lander, whatever a modifier makes of it', async () => {
    const { answer, row } = await visit('/c/safe')
    const sent = new URL(answer.headers.location ?? '')
    const kept = new URL(row.location ?? '')
    expect(sent.searchParams.get('k')).toMatch(/^\d+\.[0-9a-f]{32}$/)
    expect(kept.searchParams.get('k')).toBe('***')
    expect(kept.searchParams.get('h')).not.toBe(sent.searchParams.get('h'))
    expect(kept.searchParams.get('cid')).toBe(row.click_id)
  })

  it('cut at the limit', async () => {
    const long = '%26'.repeat(500)
    const { answer, row } = await visit(`/c/macro?sub1=${long}&xid=${long}`)
    expect(answer.headers.location?.length).toBeGreaterThan(EDGE_LIMITS.locationCharsMax)
    expect(row.location).toBe(answer.headers.location?.slice(0, EDGE_LIMITS.locationCharsMax))
  })

  it('to the fallback, when nothing takes it', async () => {
    const { answer, row } = await visit('/c/own')
    expect(answer.headers.location).toBe('https://fallback.example/own?c=')
    expect(row.location).toBe('https://fallback.example/own?c=')
    const refused = await visit('/o/paused/a1')
    expect(refused.row.location ?? '').toBe(refused.answer.headers.location ?? '')
  })

  it('and with nothing when it came from a page, which is not redirected', async () => {
    const page = encodeURIComponent('https://shop.example/')
    const { answer, row } = await visit(`/tp/visit?campaign=direct&url=${page}`)
    expect(answer.status).toBe(200)
    expect(row).not.toHaveProperty('location')
  })
})

describe('a click', () => {
  it('is recorded with where it was sent', async () => {
    const { row } = await visit('/c/lander')
    const answer = await rig.get(`/click?cid=${row.click_id}`, { headers: PERSON })
    const click = (await rig.records()).clicks.at(-1)
    expect(click?.location).toBe(`https://offer.example/o1?cid=${row.click_id}`)
    expect(click?.location).toBe(answer.headers.location)
  })

  it('is recorded so by another system’s link too', async () => {
    const { row } = await visit('/c/lander')
    await rig.get(`/cf/click/1?cid=${row.click_id}`, { headers: PERSON })
    expect((await rig.records()).clicks.at(-1)?.location).toContain(row.click_id)
  })
})
