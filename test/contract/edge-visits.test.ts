import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyClickId } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { type Answer, type Ask, campaign, type EdgeRig, SECRET, startRig, testSnapshot } from './edge-rig.ts'

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1'
const key = createClickIdKey(SECRET)
let rig: EdgeRig

beforeAll(async () => {
  const base = testSnapshot()
  rig = await startRig({
    snapshot: {
      ...base,
      campaigns: [
        ...base.campaigns,
        campaign('m307', { redirectMode: '307' }),
        campaign('meta', { redirectMode: 'meta' }),
        campaign('double', { redirectMode: 'double_meta' }),
        campaign('js', { redirectMode: 'js' }),
        campaign('cpc', { costModel: { type: 'cpc', amountMicros: 800_000, currency: 'EUR' } }),
        campaign('token', { costModel: { type: 'token' } }),
        campaign('own', { status: 'paused', fallbackUrl: 'https://fallback.example/own' }),
        campaign('macro', {
          paths: [{ id: 'p-macro', weight: 1, landers: [], offers: [{ id: 'o3', weight: 1 }] }],
        }),
      ],
    },
    edge: { trustedProxies: ['127.0.0.1'] },
  })
})
afterAll(() => rig.stop())

function open(path: string, options: Ask = {}): Promise<Answer> {
  return rig.get(path, { ...options, headers: { 'user-agent': PHONE, ...options.headers } })
}

async function lastVisit() {
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('no visit was recorded')
  return row
}

function clickIdOf(answer: Answer): string {
  return /tp_cid=(\w{26})/.exec(answer.cookies.join('\n'))?.[1] ?? ''
}

describe('a visit', () => {
  it('on a direct link goes to the offer with its click id, and is on disk by then', async () => {
    const answer = await open('/c/direct?xid=AbC&kw=red%20shoes&sub3=pub&other=1', {
      headers: { referer: 'https://www.news.example/page', 'accept-language': 'en-GB,de;q=0.5' },
    })
    const row = await lastVisit()
    expect(answer.status).toBe(302)
    expect(verifyClickId(row.click_id, key).ok).toBe(true)
    expect(answer.headers.location).toBe(`https://offer.example/o1?cid=${row.click_id}`)
    expect(row).toMatchObject({
      kind: 'visit',
      workspace: 'w1',
      campaign_id: 'c-direct',
      traffic_source_id: 'ts1',
      path_id: 'p-direct',
      offer_id: 'o1',
      affiliate_network_id: 'n1',
      external_id: 'AbC',
      tokens: { keyword: 'red shoes' },
      sub3: 'pub',
      params: { other: '1' },
      referrer: 'https://www.news.example/page',
      referrer_domain: 'news.example',
      language: 'en',
      device_type: 'mobile',
      os: 'iOS',
      browser: 'Safari',
      user_agent: PHONE,
      visits: 1,
      unique_visits: 1,
      clicks: 1,
      unique_clicks: 1,
    })
    expect(row.visit_at).toBe(row.at)
    expect(row).not.toHaveProperty('bot')
    expect(row).not.toHaveProperty('lander_id')
  })

  it('to a lander is not a click yet', async () => {
    const answer = await open('/c/lander')
    const row = await lastVisit()
    expect(answer.headers.location).toBe(`https://lander.example/?cid=${row.click_id}`)
    expect(row).toMatchObject({ lander_id: 'l1', offer_id: 'o1', visits: 1 })
    expect(row).not.toHaveProperty('clicks')
  })

  it('is found in the world by its address', async () => {
    await open('/c/direct', { headers: { 'x-forwarded-for': '6.6.6.6, 81.2.69.142' } })
    expect(await lastVisit()).toMatchObject({ ip: '81.2.69.142', country: 'GB', city: 'London' })
  })

  it('is told by client hints before its user agent', async () => {
    const answer = await open('/c/direct', {
      headers: {
        'user-agent':
          'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36',
        'sec-ch-ua-platform': '"Windows"',
        'sec-ch-ua-platform-version': '"15.0.0"',
      },
    })
    expect(await lastVisit()).toMatchObject({ device_type: 'desktop', os: 'Windows', os_version: '11' })
    expect(answer.headers['accept-ch']).toContain('Sec-CH-UA-Platform-Version')
  })

  it('with unfilled macros has no values for them', async () => {
    await open('/c/direct?xid=$%7BSUBID%7D&kw={keyword}&sub1=[ID]&sub2=%23%23X%23%23&z=__CLICKID__&y=ok')
    const row = await lastVisit()
    expect(row).not.toHaveProperty('external_id')
    expect(row).not.toHaveProperty('tokens')
    expect(row).not.toHaveProperty('sub1')
    expect(row).not.toHaveProperty('sub2')
    expect(row.params).toEqual({ y: 'ok' })
  })

  it('fills the macros of its offer, encoded', async () => {
    const answer = await open('/c/macro?sub1=a%26b%3Dc&kw=x%20y&xid=%D0%B6')
    const { click_id } = await lastVisit()
    expect(answer.headers.location).toBe(
      `https://offer.example/o3?s=a%26b%3Dc&k=x%20y&x=%D0%B6&cid=${click_id}`,
    )
  })

  it('gets cookies for its click id, campaign and offer, for the attribution window', async () => {
    const answer = await open('/c/direct')
    const id = clickIdOf(answer)
    const attributes = 'Path=/; HttpOnly; Max-Age=2592000; SameSite=Lax'
    expect(answer.cookies).toEqual([
      `tp_cid=${id}; ${attributes}`,
      `tp_c_c-direct=${id}.p-direct..o1; ${attributes}`,
      `tp_o_o1=${id}; ${attributes}`,
    ])
    const secure = await open('/c/lander', { headers: { 'x-forwarded-proto': 'https' } })
    expect(secure.cookies).toHaveLength(2)
    for (const cookie of secure.cookies) expect(cookie).toMatch(/SameSite=None; Secure$/)
  })

  it('is unique once per campaign and browser', async () => {
    const first = await open('/c/direct')
    const cookie = first.cookies.map((text) => text.split(';')[0]).join('; ')
    await open('/c/direct', { headers: { cookie } })
    expect(await lastVisit()).not.toHaveProperty('unique_visits')
    await open('/c/cpc', { headers: { cookie } })
    expect(await lastVisit()).toMatchObject({ unique_visits: 1 })
  })

  it('costs what the campaign pays, in the currency of the workspace', async () => {
    await open('/c/cpc')
    expect(await lastVisit()).toMatchObject({ cost: '1.000000' })
    await open('/c/token?bid=0.4')
    expect(await lastVisit()).toMatchObject({ cost: '0.500000' })
    for (const bid of ['', 'NaN', '-1', '1,234', '{bid}']) {
      await open(`/c/token?bid=${bid}`)
      expect(await lastVisit(), bid).not.toHaveProperty('cost')
    }
  })

  it.each([
    ['a bot', { headers: { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' } }, 'user_agent'],
    ['a HEAD', { method: 'HEAD' }, 'head'],
    ['a prefetch', { headers: { 'sec-purpose': 'prefetch' } }, 'prefetch'],
  ])('by %s gets the same answer, is flagged, and is not counted as a visit', async (_who, options, bot) => {
    const answer = await open('/c/direct', options)
    const row = await lastVisit()
    expect(answer.status).toBe(302)
    expect(answer.headers.location).toContain(row.click_id)
    expect(row).toMatchObject({ bot })
    expect(row.bot_visits ?? 0).toBe(bot === 'user_agent' ? 1 : 0)
    for (const measure of ['visits', 'unique_visits', 'clicks', 'unique_clicks']) {
      expect(row).not.toHaveProperty(measure)
    }
  })
})

describe('a redirect', () => {
  it.each([
    ['direct', 302, 'strict-origin-when-cross-origin'],
    ['m307', 307, 'strict-origin-when-cross-origin'],
    ['meta', 200, 'origin'],
    ['double', 200, 'no-referrer'],
    ['js', 200, 'origin'],
  ])(
    'of campaign %s has status %d, is never cached and has the referrer policy %s',
    async (slug, status, policy) => {
      const answer = await open(`/c/${slug}`)
      expect(answer.status).toBe(status)
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['referrer-policy']).toBe(policy)
      expect(answer.headers['accept-ch']).toContain('Sec-CH-UA-Model')
      expect(answer.cookies).toHaveLength(3)
      if (status === 200) expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    },
  )

  it('by meta refresh or script leads to the offer', async () => {
    const meta = await open('/c/meta')
    expect(meta.text).toContain(`content="0;url=https://offer.example/o1?cid=${clickIdOf(meta)}"`)
    const js = await open('/c/js')
    expect(js.text).toContain(`location.replace("https://offer.example/o1?cid=${clickIdOf(js)}")`)
    const nonce = /nonce="([^"]+)"/.exec(js.text)?.[1]
    expect(js.headers['content-security-policy']).toContain(`'nonce-${nonce}'`)
  })

  it('by double meta refresh goes over a page of our own host', async () => {
    const first = await open('/c/double')
    const hop = /url=([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(hop).toMatch(/^\/hop\?/)
    expect(hop).not.toContain('offer.example')
    const second = await open(hop)
    expect(second.text).toContain(`url=https://offer.example/o1?cid=${clickIdOf(first)}`)
    expect(second.headers['referrer-policy']).toBe('no-referrer')
  })

  it('over a forged second hop leads nowhere', async () => {
    const target = Buffer.from('https://evil.example/').toString('base64url')
    const answer = await open(`/hop?t=${target}&x=${Date.now() + 1_000}&s=${'A'.repeat(43)}`)
    expect(answer.status).toBe(404)
    expect(answer.text).not.toContain('evil')
  })
})

describe('a link that leads nowhere', () => {
  it('falls back to its campaign, else to its workspace; the visit was paid for and is recorded', async () => {
    const own = await open('/c/own')
    expect(own.headers.location).toBe('https://fallback.example/own')
    const row = await lastVisit()
    expect(row).toMatchObject({ campaign_id: 'c-own', visits: 1 })
    expect(row).not.toHaveProperty('offer_id')
    expect(own.cookies).toEqual([])
    expect((await open('/c/paused')).headers.location).toBe('https://fallback.example/w')
  })

  it('of an unknown slug falls back to the sole workspace', async () => {
    const before = (await rig.records()).visits.length
    expect((await open('/c/unknown')).headers.location).toBe('https://fallback.example/w')
    expect((await open('/c/')).headers.location).toBe('https://fallback.example/w')
    expect((await rig.records()).visits).toHaveLength(before)
  })

  it('without any fallback is a plain 404, or 410 when the campaign is over', async () => {
    const bare = testSnapshot({
      workspaces: testSnapshot().workspaces.map((one) => ({ ...one, fallbackUrl: '' })),
    })
    const other = await startRig({ snapshot: bare })
    expect(await other.get('/c/unknown')).toMatchObject({ status: 404, text: 'not found\n' })
    expect(await other.get('/c/paused')).toMatchObject({ status: 410 })
    await other.stop()
  })

  it('is no open redirect: a URL whose host would be a parameter is not served', async () => {
    const base = testSnapshot()
    const [offer] = base.offers
    if (offer === undefined) throw new Error('the snapshot has an offer')
    for (const url of [
      '{sub1|raw}',
      'https://{sub1|raw}/x',
      'https://a.example{sub1|raw}',
      'javascript:alert(1)',
      '//x',
    ]) {
      const other = await startRig({ snapshot: { ...base, offers: [{ ...offer, url }] } })
      const answer = await other.get('/c/direct?sub1=https%3A%2F%2Fevil.example')
      expect(answer.headers.location, url).toBe('https://fallback.example/w')
      await other.stop()
    }
  })
})

describe('an impression', () => {
  it('is counted for the campaign and answered with an image', async () => {
    const answer = await open('/i/direct.gif?kw=banner')
    expect(answer.headers['content-type']).toBe('image/gif')
    expect(answer.bytes.subarray(0, 6).toString()).toBe('GIF89a')
    expect((await rig.records()).impressions.at(-1)).toMatchObject({
      kind: 'impression',
      campaign_id: 'c-direct',
      tokens: { keyword: 'banner' },
      impressions: 1,
      click_id: '',
    })
  })

  it('of an unknown campaign is a 404', async () => {
    expect((await open('/i/unknown.gif')).status).toBe(404)
    expect((await open('/i/direct')).status).toBe(404)
  })
})
