import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, field, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'

/** A headless browser says so in its user agent, and would be a bot. */
const SHOPPER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'
const CLICK_ID = /^[0-9a-hjkmnp-tv-z]{26}$/
const SETTLE_MS_MAX = 30_000
const STEP_MS_MAX = 15_000
const DAY_MS = 86_400_000

const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-tp-js-'))
/** HTML by path: the shop's and the lander's own server, on a site of its own. */
const pages = new Map<string, string>()
let installation: Installation
let api: ApiClient
let site: Server
let siteUrl: string
let browser: Browser
let context: BrowserContext
/** What the pages' scripts threw, which they never may. */
let errors: string[]
let sourceId: string

beforeAll(async () => {
  installation = await startInstallation({ dataDir, edges: 1, settings: { TRAILPOST_LOG_LEVEL: 'fatal' } })
  api = await setUpOwner(installation)
  site = createServer((request, response) => {
    const html = pages.get(new URL(request.url ?? '', 'http://x').pathname)
    response.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(html)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  // The tracking host is localhost, and 127.0.0.1 is another site to a browser: its cookies are third-party ones.
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}` // it listens on TCP
  browser = await launchBrowser()
  sourceId = await create('/traffic-sources', {
    name: 'Source',
    externalIdParam: 'xid',
    tokens: [{ name: 'keyword', param: 'kw', macro: '' }],
  })
})

afterAll(async () => {
  await browser.close()
  site.close()
  await installation.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

afterEach(async () => {
  await context.close()
  pages.clear()
})

async function create(path: string, body: object): Promise<string> {
  return String(field(await api.post(path, body), 'id'))
}

/** A campaign of its own for each test, so that its report starts at nothing; and the snippets for its pages. */
async function makeCampaign(slug: string, landerUrl = '') {
  const offer = await create('/offers', { name: `Offer ${slug}`, url: `${siteUrl}/offer?c={clickid}` })
  const lander = landerUrl === '' ? '' : await create('/landers', { name: `Lander ${slug}`, url: landerUrl })
  const campaign = await create('/campaigns', {
    name: slug,
    slug,
    trafficSourceId: sourceId,
    costModel: { type: 'cpc', amount: '0.50', currency: 'USD' },
    paths: [
      {
        weight: 1,
        landers: lander === '' ? [] : [{ id: lander, weight: 1 }],
        offers: [{ id: offer, weight: 1 }],
      },
    ],
  })
  const snippets = (await api.get(`/campaigns/${campaign}/script`)) as Readonly<Record<string, string>>
  return { campaign, snippet: (name: string) => snippets[name] ?? '' }
}

async function openPage(path: string, settings: { readonly gpc?: boolean } = {}): Promise<Page> {
  context = await browser.newContext({ userAgent: SHOPPER })
  context.setDefaultTimeout(STEP_MS_MAX)
  errors = []
  context.on('weberror', (error) => errors.push(String(error.error())))
  if (settings.gpc === true) {
    await context.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
  }
  const page = await context.newPage()
  await page.goto(siteUrl + path)
  return page
}

/** The click id that the page's script knows once all its visits are answered. */
async function clickIdOf(page: Page): Promise<string> {
  await page.waitForFunction('window.trailpost && window.trailpost.isLoaded')
  return await page.evaluate<string>("new Promise((resolve) => trailpost('clickid', resolve))")
}

async function storyOf(clickId: string) {
  return (await api.get(`/visits/${clickId}`)) as {
    readonly visit: {
      readonly isBot: boolean
      readonly facts: Readonly<Record<string, string>>
      readonly tokens: Readonly<Record<string, string>>
      readonly params: Readonly<Record<string, string>>
    } | null
    readonly events: readonly { readonly kind: string }[]
    readonly conversions: readonly { readonly attribution: string; readonly event: string }[]
  }
}

/** The campaign's counts, as soon as they are the expected ones; the last ones when they never are. */
async function countsOf(campaign: string, expected: Readonly<Record<string, unknown>>): Promise<unknown> {
  const startedAt = performance.now()
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10)
  for (;;) {
    const report = await api.post('/reports', {
      from: day(-1),
      to: day(1),
      timeZone: 'UTC',
      metrics: Object.keys(expected),
      filters: [{ dimension: 'campaign', operator: 'is', values: [campaign] }],
    })
    const totals = field(report, 'totals') as Readonly<Record<string, unknown>>
    const counts = Object.fromEntries(Object.keys(expected).map((name) => [name, totals[name]]))
    if (JSON.stringify(counts) === JSON.stringify(expected)) return counts
    if (performance.now() - startedAt > SETTLE_MS_MAX) return counts
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('tp.js in a browser without third-party cookies', () => {
  it('records a visit without a redirect, and its conversion on another page of the site', async () => {
    const { campaign, snippet } = await makeCampaign('direct')
    pages.set('/ad', `<a id="out" href="https://shop.example/?c={clickid}">Buy</a>${snippet('visit')}`)
    pages.set('/thanks', '<p>Thank you</p>')
    const page = await openPage('/ad?xid=AbC&kw=red%20shoes&gclid=G-1')
    const clickId = await clickIdOf(page)
    expect(clickId).toMatch(CLICK_ID)
    expect(await page.getAttribute('#out', 'href')).toBe(`https://shop.example/?c=${clickId}`)
    const sameSite = (await context.cookies(siteUrl)).map(({ name, value, sameSite }) => [
      name,
      value,
      sameSite,
    ])
    expect(sameSite).toEqual([['tp_cid', clickId, 'Lax']])
    expect(await context.cookies(installation.publicUrl)).toEqual([])

    await page.reload()
    expect(await clickIdOf(page)).toBe(clickId)
    pages.set('/thanks', snippet('conversion'))
    const pixel = page.waitForResponse((response) => response.url().includes('/pixel.js'))
    await page.goto(`${siteUrl}/thanks`)
    expect((await pixel).headers()['x-trailpost-outcome']).toBe('recorded')

    const counts = { visits: 1, unique_visits: 1, lander_views: 2, clicks: 0, conversions: 1, cost: '0.5' }
    expect(await countsOf(campaign, counts)).toEqual(counts)
    const story = await storyOf(clickId)
    expect(story.visit).toMatchObject({
      isBot: false,
      facts: { externalId: 'AbC' },
      tokens: { keyword: 'red shoes', gclid: 'G-1' },
    })
    expect(story.conversions).toMatchObject([{ attribution: 'first_party', event: 'sale' }])
    expect(errors).toEqual([])
  })

  it('brings new values to the visit, and tells what follows a hidden link from a person', async () => {
    const { campaign, snippet } = await makeCampaign('update')
    pages.set('/ad', snippet('visit') + snippet('honeypot'))
    const page = await openPage('/ad?sub1=first')
    const clickId = await clickIdOf(page)
    const answer = page.waitForResponse((response) => response.url().endsWith('/tp/update'))
    await page.evaluate("trailpost('update', { sub1: 'late', tokens: { plan: 'pro' }, event1: 5 })")
    expect(field(await (await answer).json(), 'outcome')).toBe('updated')
    await page.evaluate(`document.querySelector('a[href*="/tp/trap"]').click()`)
    await page.waitForURL(`${installation.publicUrl}/tp/trap?cid=${clickId}`)

    const counts = { visits: 0, bot_visits: 1, lander_views: 0 }
    expect(await countsOf(campaign, counts)).toEqual(counts)
    const { visit } = await storyOf(clickId)
    expect(visit).toMatchObject({ isBot: true, facts: { sub1: 'late' }, tokens: { plan: 'pro' } })
  })

  it('keeps the click id of a redirect for the whole site, and records no visit of its own', async () => {
    const { campaign, snippet } = await makeCampaign('redirect', `${siteUrl}/lander?clickid={clickid}`)
    const links = '<a id="encoded" href="/go?c=%7Bclickid%7D">1</a><div id="later"></div>'
    pages.set('/lander', links + snippet('lander'))
    pages.set('/inner', `<button>Buy</button>${snippet('visit')}`)
    pages.set('/offer', 'The offer')
    pages.set('/start', `<a href="${installation.publicUrl}/c/redirect?xid=1">Ad</a>`)
    const page = await openPage('/start')
    await page.click('a')
    await page.waitForURL(/\/lander/)
    const clickId = await clickIdOf(page)
    expect(clickId).toBe(new URL(page.url()).searchParams.get('clickid'))
    expect(await page.getAttribute('#encoded', 'href')).toBe(`/go?c=${clickId}`)
    await page.evaluate(`later.innerHTML = '<a id="added" href="/go?c={clickid}">2</a>'`)
    await page.waitForSelector(`#added[href="/go?c=${clickId}"]`)

    // The next page is linked from within the site, and its address holds no click id.
    await page.evaluate("location.href = '/inner'")
    await page.waitForURL(/\/inner/)
    expect(await clickIdOf(page)).toBe(clickId)
    await page.evaluate("trailpost('click', { offer: 1 })")
    await page.waitForURL(`${siteUrl}/offer?c=${clickId}`)
    const counts = { visits: 1, lander_views: 2, clicks: 1, unique_clicks: 1 }
    expect(await countsOf(campaign, counts)).toEqual(counts)
    expect(errors).toEqual([])
  })

  it('counts organic visitors once and without cost', async () => {
    const { campaign, snippet } = await makeCampaign('organic')
    pages.set('/blog', snippet('organic'))
    pages.set('/other', snippet('organic'))
    const page = await openPage('/blog')
    const clickId = await clickIdOf(page)
    await page.goto(`${siteUrl}/other`)
    expect(await clickIdOf(page)).toBe(clickId)
    const counts = { visits: 1, lander_views: 2, cost: '0' }
    expect(await countsOf(campaign, counts)).toEqual(counts)
  })

  it('refills links when a visit gives a click id after an older one was filled in', async () => {
    const { snippet } = await makeCampaign('again')
    pages.set('/ad', `<a id="out" href="/go?c={clickid}">Buy</a>${snippet('visit')}`)
    const page = await openPage('/ad?gclid=1')
    const first = await clickIdOf(page)
    await page.goto('about:blank')
    await page.goto(`${siteUrl}/ad?gclid=2`)
    const second = await clickIdOf(page)
    expect(second).toMatch(CLICK_ID)
    expect(second).not.toBe(first)
    expect(await page.getAttribute('#out', 'href')).toBe(`/go?c=${second}`)
  })

  it('keeps and sends nothing of a visitor who asks for privacy, where the page honours it', async () => {
    const { snippet } = await makeCampaign('private')
    const honoured = snippet('visit').replace(' async', ' data-gpc="honor" async')
    pages.set('/ad', `<a id="out" href="/go?c={clickid}">Buy</a>${honoured}`)
    const page = await openPage('/ad', { gpc: true })
    const sent: string[] = []
    page.on('request', (request) => sent.push(new URL(request.url()).pathname))
    await page.reload()
    expect(await clickIdOf(page)).toBe('')
    expect(await context.cookies()).toEqual([])
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
    expect(sent.filter((path) => path.startsWith('/tp/'))).toEqual([])
  })

  it('breaks no page: while the tracking host is away or says no it is silent, unless it is asked to speak', async () => {
    const { snippet } = await makeCampaign('away')
    const debugged = snippet('visit').replace(' async', ' data-debug async').replace("'away'", "'nowhere'")
    pages.set('/empty', '')
    pages.set('/quiet', snippet('visit'))
    pages.set('/debug', debugged)
    const page = await openPage('/empty')
    const warnings: string[] = []
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    await context.route('**/tp/**', (route) => route.abort())
    await page.goto(`${siteUrl}/quiet`)
    expect(await clickIdOf(page)).toBe('')
    expect(await page.evaluate("trailpost('nonsense', 1, null)")).toBe('')
    expect(warnings).toEqual([])
    await context.unroute('**/tp/**')
    await page.goto(`${siteUrl}/debug`)
    expect(await clickIdOf(page)).toBe('')
    expect(warnings.join()).toContain('there is no campaign "nowhere"')
    expect(errors).toEqual([])
  })
})
