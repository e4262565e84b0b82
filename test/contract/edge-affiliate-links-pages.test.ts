import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { advertiserOffer, affiliate } from './affiliate-snapshot.ts'
import { cookieHeader } from './dialect-world.ts'
import { type EdgeRig, startRig, testSnapshot } from './edge-rig.ts'

const PERSON = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig({
    snapshot: testSnapshot({
      affiliates: [affiliate('a1')],
      offers: [
        advertiserOffer('deep', { deepLinkDomains: ['shop.example', 'Bücher.example'], clickIdParam: 'tid' }),
        advertiserOffer('closed'),
        advertiserOffer(
          'paused',
          { status: 'paused', deepLinkDomains: ['shop.example'] },
          { fallbackOfferId: 'closed' },
        ),
        advertiserOffer('pages', {
          landingPages: [
            { id: 'p1', url: 'https://pages.example/one?tid={clickid}&s={sub1}' },
            { id: 'broken', url: 'https://{sub1}/' },
          ],
        }),
        advertiserOffer('once', {
          convertedUrl: 'https://once.example/thanks?s={sub1}',
          clickIdParam: 'tid',
        }),
      ],
    }),
  })
})
afterAll(() => rig.stop())

const get = (path: string, headers = {}) => rig.get(path, { headers: { ...PERSON, ...headers } })

async function lastVisit() {
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('nothing was recorded')
  return row
}

describe('a deep link', () => {
  it.each([
    ['https://shop.example/a?b=1#c', (id: string) => `https://shop.example/a?b=1&tid=${id}#c`],
    ['http://www.shop.example/', (id: string) => `http://www.shop.example/?tid=${id}`],
    ['HTTPS://SHOP.EXAMPLE', (id: string) => `https://shop.example/?tid=${id}`],
    ['https://bücher.example/ä', (id: string) => `https://xn--bcher-kva.example/%C3%A4?tid=${id}`],
    ['https://xn--bcher-kva.example/', (id: string) => `https://xn--bcher-kva.example/?tid=${id}`],
    [
      'https://shop.example/?tid=somebody&x=1&%74id=else',
      (id: string) => `https://shop.example/?x=1&tid=${id}`,
    ],
    [
      'https://shop.example/?next=https://evil.example',
      (id: string) => `https://shop.example/?next=https://evil.example&tid=${id}`,
    ],
    ['https://shop.example/{clickid}', (id: string) => `https://shop.example/%7Bclickid%7D?tid=${id}`],
  ])('to %s leads there with the click id', async (url, expected) => {
    const answer = await get(`/o/deep/a1?url=${encodeURIComponent(url)}`)
    const row = await lastVisit()
    expect(answer.headers.location).toBe(expected(row.click_id))
    expect(row).toMatchObject({ route_reason: 'deep link', clicks: 1, offer_id: 'deep' })
  })

  it.each([
    'https://evil.example/',
    'https://shop.example.evil.example/',
    'https://evilshop.example/',
    'https://shop.example@evil.example/',
    'https://user@shop.example/',
    'https://user:secret@shop.example/',
    'https://evil.example\\@shop.example/',
    'https://evil.example\\.shop.example/',
    'https:\\\\evil.example\\shop.example',
    '//shop.example/',
    '//evil.example/shop.example',
    '/shop.example',
    'shop.example',
    'javascript:alert(1)//shop.example',
    'data:text/html,shop.example',
    'ftp://shop.example/',
    'https://shop.exаmple/',
    'https://[::1]/shop.example',
    'https://evil.example:443/https://shop.example',
    'https://evil.example#@shop.example/',
    'https://evil.example?@shop.example/',
    'https://evil.example%2f.shop.example/',
    'https://evil.example%00.shop.example/',
    'https://',
    '{url}x',
  ])('to %s leads to the offer’s own page', async (url) => {
    const answer = await get(`/o/deep/a1?url=${encodeURIComponent(url)}`)
    const row = await lastVisit()
    expect(answer.headers.location).toBe(`https://deep.example/?cid=${row.click_id}`)
    expect(row.route_reason).toBe('deep link not allowed')
  })

  it('with line breaks adds no header', async () => {
    const answer = await get(
      `/o/deep/a1?url=${encodeURIComponent('https://shop.example/\r\nSet-Cookie: a=b')}`,
    )
    expect(answer.headers.location).toMatch(/^https:\/\/shop\.example\/Set-Cookie:%20a=b\?tid=\w{26}$/)
    expect(answer.cookies.some((cookie) => cookie.startsWith('a='))).toBe(false)
  })

  it('that is longer than other values is whole', async () => {
    const url = `https://shop.example/?q=${'x'.repeat(2_000)}&last=1`
    const answer = await get(`/o/deep/a1?url=${encodeURIComponent(url)}`)
    expect(answer.headers.location).toBe(`${url}&tid=${(await lastVisit()).click_id}`)
  })

  it('of an offer that allows none leads to its page, and so does one of an offer that is stood in for', async () => {
    const url = encodeURIComponent('https://shop.example/')
    expect((await get(`/o/closed/a1?url=${url}`)).headers.location).toMatch(/^https:\/\/closed\.example\//)
    expect((await get(`/o/paused/a1?url=${url}`)).headers.location).toMatch(/^https:\/\/closed\.example\//)
  })
})

describe('a landing page', () => {
  it('is opened by its id', async () => {
    const answer = await get('/o/pages/a1?lp=p1&sub1=S')
    const row = await lastVisit()
    expect(answer.headers.location).toBe(`https://pages.example/one?tid=${row.click_id}&s=S`)
    expect(row.route_reason).toBe('landing page')
  })

  it.each(['none', 'broken', ''])('that is not there ("%s") is the offer’s own page', async (id) => {
    const answer = await get(`/o/pages/a1?lp=${id}`)
    expect(answer.headers.location).toMatch(/^https:\/\/pages\.example\/\?cid=/)
  })
})

describe('a visitor who converted already', () => {
  async function visitTwice() {
    const first = await get('/o/once/a1')
    const { click_id: clickId } = await lastVisit()
    return { clickId, second: await get('/o/once/a1?sub1=S', cookieHeader(first.cookies)) }
  }

  it('goes where the offer says, which is no click of the offer', async () => {
    const asked: string[] = []
    rig.core.hasConverted = (clickId, offerId) => {
      asked.push(`${clickId} ${offerId}`)
      return true
    }
    const { clickId, second } = await visitTwice()
    expect(asked).toEqual([`${clickId} once`])
    expect(second.headers.location).toBe('https://once.example/thanks?s=S')
    expect(second.cookies).toEqual([])
    const row = await lastVisit()
    expect(row).toMatchObject({ route_reason: 'already converted', offer_id: 'once', visits: 1 })
    expect(row).not.toHaveProperty('clicks')
  })

  it('is asked about only when the browser brings a genuine click id', async () => {
    rig.core.hasConverted = () => true
    const forged = { cookie: `tp_o_once=${'0'.repeat(26)}` }
    expect((await get('/o/once/a1', forged)).headers.location).toMatch(/^https:\/\/once\.example\/\?cid=/)
    expect((await get('/o/once/a1')).headers.location).toMatch(/^https:\/\/once\.example\/\?cid=/)
  })

  it('goes where everybody goes when core says no, or does not say in time', async () => {
    rig.core.hasConverted = () => false
    expect((await visitTwice()).second.headers.location).toMatch(/^https:\/\/once\.example\/\?cid=/)
    rig.core.hasConverted = () => new Promise(() => {})
    expect((await visitTwice()).second.headers.location).toMatch(/^https:\/\/once\.example\/\?cid=/)
  })
})
