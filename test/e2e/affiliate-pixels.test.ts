import type { Browser, BrowserContext, Page, Response } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { field } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Offer, type PixelRig, type Scheme, startPixelRig } from './affiliate-pixels-rig.ts'

/** A headless browser says so in its user agent, and would be a bot. */
const SHOPPER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'
const SETTLE_MS_MAX = 15_000
const WITHOUT_THIRD_PARTY_COOKIES = '--test-third-party-cookie-phaseout'

let rig: PixelRig
let browser: Browser
let context: BrowserContext
/** What the pages' scripts threw, and boxes that they opened: neither may ever be. */
let errors: string[]

beforeAll(async () => {
  rig = await startPixelRig()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await rig.stop()
})

afterEach(async () => {
  await context.close()
  await rig.clear()
})

type Visitor = { readonly in?: Browser; readonly javaScriptEnabled?: boolean }

async function visitor(settings: Visitor = {}): Promise<Page> {
  context = await (settings.in ?? browser).newContext({
    userAgent: SHOPPER,
    ignoreHTTPSErrors: true,
    javaScriptEnabled: settings.javaScriptEnabled ?? true,
  })
  context.setDefaultTimeout(SETTLE_MS_MAX)
  errors = []
  context.on('weberror', (error) => errors.push(String(error.error())))
  const page = await context.newPage()
  page.on('dialog', (dialog) => {
    errors.push(dialog.message())
    void dialog.dismiss()
  })
  return page
}

/** Comes by the affiliate's link; the click id that the advertiser is given. */
async function comeBy(page: Page, { link }: Offer, query = 'aff_click_id=AFF-1'): Promise<string> {
  rig.pages.set('/land', rig.pages.get('/land') ?? 'The shop')
  await page.goto(`${link}?${query}`)
  return new URL(page.url()).searchParams.get('click') ?? ''
}

/** Opens the thank-you page with the network's pixel in it; what the pixel was answered. */
async function thank(page: Page, html: string, scheme: Scheme = 'http'): Promise<Response> {
  rig.pages.set('/thanks', `<title>Thanks</title><body>Thanks${html}`)
  const pixel = page.waitForResponse((response) => isPixel(response.url()))
  await page.goto(`${rig.url('advertiser', scheme)}/thanks`)
  return await pixel
}

function isPixel(url: string): boolean {
  return new URL(url).pathname.startsWith('/pixel.')
}

function outcome(response: Response): string {
  return response.headers()['x-trailpost-outcome'] ?? ''
}

/** What the affiliate's side has seen, as soon as it is as many things; what it has when it never is. */
async function seen(count: number): Promise<string[]> {
  const startedAt = performance.now()
  while (rig.seen.length < count && performance.now() - startedAt < SETTLE_MS_MAX) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return rig.seen.map(({ path }) => path).toSorted()
}

async function reload(page: Page): Promise<Response> {
  const pixel = page.waitForResponse((response) => isPixel(response.url()))
  await page.reload({ waitUntil: 'networkidle' })
  return await pixel
}

const Q = 'c={aff_click_id}&v={payout}'
const FILLED = 'c=AFF-1&v=2'
/** Tries to reach what is not its own, and says what it could do. */
const CURIOUS = `<script>
  var could = []
  try { if (parent.document.title) could.push('parent') } catch (error) {}
  try { if (document.cookie || true) could.push('cookie') } catch (error) {}
  try { localStorage.x = 1; could.push('storage') } catch (error) {}
  try { top.location.href = 'about:blank#stolen' } catch (error) {}
  new Image().src = 'TRACKER/code?${Q}&could=' + could.join()
</script>`

/** One of each kind, and a postback. */
async function makeTargets(scheme: Scheme = 'http'): Promise<void> {
  const tracker = rig.url('tracker', scheme)
  await rig.target({ url: `${rig.trackerServer}/pb?${Q}` })
  await rig.target({ type: 'image', url: `${tracker}/i.gif?${Q}` })
  await rig.target({ type: 'iframe', url: `${tracker}/f.html?${Q}` })
  await rig.target({ type: 'script', url: `${tracker}/s.js?${Q}` })
  await rig.target({ type: 'script', code: CURIOUS.replace('TRACKER', tracker) })
}

const ALL_KINDS = [
  '/beacon?from=frame',
  '/beacon?from=script',
  `/code?${FILLED}&could=`,
  `/f.html?${FILLED}`,
  `/i.gif?${FILLED}`,
  `/pb?${FILLED}`,
  `/s.js?${FILLED}`,
]

describe("affiliates' pixels in a browser", () => {
  it('are nested in an iframe pixel, each fired once, and by a reload not again', async () => {
    const offer = await rig.offer({ protocol: 'iframe' })
    await makeTargets()
    const page = await visitor()
    const cid = await comeBy(page, offer)
    const src = `{network}/pixel.html?offer=${offer.id}&cid=${cid}&payout=9&txid=T1`
    const answer = await thank(page, `<iframe src="${src}" width="1" height="1"></iframe>`)
    expect(outcome(answer)).toBe('recorded')
    expect(await seen(ALL_KINDS.length)).toEqual(ALL_KINDS)
    // Nobody but the network is told where the visitor is.
    expect(rig.seen.filter(({ referrer }) => referrer.includes('advertiser'))).toEqual([])
    expect(outcome(await reload(page))).toBe('duplicate')
    expect(await seen(ALL_KINDS.length)).toEqual(ALL_KINDS)
    expect(page.url()).toBe(`${rig.url('advertiser')}/thanks`)
    expect(errors).toEqual([])
    expect((await rig.log()).toSorted().slice(0, 2)).toEqual(['iframe rendered ', 'image rendered '])
  })

  it('are made by a script pixel that loads late, and never run in the advertiser’s page', async () => {
    const offer = await rig.offer({ protocol: 'script' })
    await makeTargets()
    const page = await visitor()
    const cid = await comeBy(page, offer)
    const src = `{network}/pixel.js?offer=${offer.id}&cid=${cid}&txid=T1`
    const late = `<script>addEventListener('load', function () {
      var s = document.createElement('script'); s.async = true; s.src = '${src}'; document.head.appendChild(s)
    })</script><p>Thanks</p>`
    expect(outcome(await thank(page, late))).toBe('recorded')
    expect(await seen(ALL_KINDS.length)).toEqual(ALL_KINDS)
    const scripts = await page.evaluate<string[]>('[...document.scripts].map((s) => s.src).filter(Boolean)')
    expect(scripts.map((script) => new URL(script).hostname)).toEqual(['network.localhost'])
    const rights = await page.evaluate<string[]>(
      '[...document.querySelectorAll("iframe")].map((f) => f.sandbox.value)',
    )
    expect(rights).toEqual(['allow-scripts allow-same-origin', 'allow-scripts', 'allow-scripts'])
    expect(await page.textContent('p')).toBe('Thanks')
    expect(outcome(await reload(page))).toBe('duplicate')
    expect(await seen(ALL_KINDS.length)).toEqual(ALL_KINDS)
    expect(errors).toEqual([])
  })

  it.each([true, false])(
    'are one image behind an image pixel, with JavaScript: %s',
    async (javaScriptEnabled) => {
      const offer = await rig.offer({ protocol: 'image' })
      await makeTargets()
      const page = await visitor({ javaScriptEnabled })
      const cid = await comeBy(page, offer)
      const image = `<img src="{network}/pixel.gif?offer=${offer.id}&cid=${cid}&txid=T1" width="1" height="1">`
      const answer = await thank(page, image)
      expect([outcome(answer), answer.status()]).toEqual(['recorded', 302])
      expect(await seen(2)).toEqual([`/i.gif?${FILLED}`, `/pb?${FILLED}`])
      const again = await reload(page)
      expect([outcome(again), again.status()]).toEqual(['duplicate', 200])
      expect(await seen(2)).toHaveLength(2)
    },
  )

  it.each(['iframe', 'script'] as const)(
    'stay harmless with hostile values behind a pixel by %s',
    async (protocol) => {
      const offer = await rig.offer({ protocol })
      const tracker = rig.url('tracker')
      await rig.target({ type: 'image', url: `${tracker}/i.gif?q="'><script>alert(1)</script>&x={sub1|raw}` })
      await rig.target({ type: 'iframe', url: `${tracker}/quiet?x={sub1}` })
      await rig.target({ type: 'script', code: `<img src='${tracker}/j?x={sub1}' alt="{sub2}">` })
      await expect(rig.target({ type: 'image', url: 'javascript:alert(1)//{clickid}' })).rejects.toThrow(
        '422',
      )
      const page = await visitor()
      const hostile = `"'></iframe></script><script>alert(1)</script><img src=x onerror=alert(2)>`
      const cid = await comeBy(page, offer, `sub1=${encodeURIComponent(hostile)}&sub2=javascript:alert(3)`)
      const path = protocol === 'iframe' ? 'html' : 'js'
      const src = `{network}/pixel.${path}?offer=${offer.id}&cid=${cid}&txid=T1`
      const html =
        protocol === 'iframe' ? `<iframe src="${src}"></iframe>` : `<script src="${src}" async></script>`
      expect(outcome(await thank(page, html))).toBe('recorded')
      const paths = await seen(3)
      expect(paths.map((one) => new URL(one, tracker).pathname)).toEqual(['/i.gif', '/j', '/quiet'])
      expect(new URL(paths[1] ?? '', tracker).searchParams.get('x')).toBe(hostile)
      await page.waitForLoadState('networkidle')
      expect(errors).toEqual([])
    },
  )

  it('are found by the cookie of the affiliate’s visit on another site, over https', async () => {
    const offer = await rig.offer({ protocol: 'iframe' }, 'https')
    await makeTargets('https')
    const page = await visitor()
    const cid = await comeBy(page, offer)
    const cookies = await context.cookies(rig.url('network', 'https'))
    expect(cookies.find(({ name }) => name === `tp_o_${offer.id}`)).toMatchObject({
      value: cid,
      sameSite: 'None',
      secure: true,
      httpOnly: true,
    })
    // The page knows no click id.
    const frame = `<iframe src="{network}/pixel.html?offer=${offer.id}&txid=T1"></iframe>`
    expect(outcome(await thank(page, frame, 'https'))).toBe('recorded')
    expect(await seen(ALL_KINDS.length)).toEqual(ALL_KINDS)
    expect(await attributions(cid)).toEqual(['cookie_offer'])
    expect(errors).toEqual([])
  })

  it('are found by tp.js where the browser keeps no third-party cookies', async () => {
    const offer = await rig.offer({ protocol: 'script' }, 'https')
    await makeTargets('https')
    const strict = await launchBrowser([WITHOUT_THIRD_PARTY_COOKIES])
    try {
      const page = await visitor({ in: strict })
      const integration = await rig.api.get(`/offers/${offer.id}/integration`)
      const [event] = field(integration, 'events') as readonly unknown[]
      const ours = (name: string, of: unknown) =>
        String(field(of, name)).replaceAll(/http:\/\/localhost:\d+/g, '{network}')
      rig.pages.set('/land', `<p>The shop</p>${ours('landingScript', integration)}`)
      const cid = await comeBy(page, offer)
      await page.waitForFunction('document.cookie.includes("tp_cid=")')
      // Its cookie alone does not find the visit.
      const frame = `<iframe src="{network}/pixel.html?offer=${offer.id}&txid=T0"></iframe>`
      expect(outcome(await thank(page, frame, 'https'))).toBe('unmatched')
      const pixel = ours('firstPartyPixel', event).replace('{order_id}', 'T1')
      expect(outcome(await thank(page, pixel, 'https'))).toBe('recorded')
      expect(await seen(ALL_KINDS.length)).toEqual(ALL_KINDS)
      expect(await attributions(cid)).toEqual(['first_party'])
    } finally {
      await strict.close()
    }
  })

  async function attributions(clickId: string): Promise<unknown[]> {
    const story = await rig.api.get(`/visits/${clickId}`)
    return (field(story, 'conversions') as readonly unknown[]).map((one) => field(one, 'attribution'))
  }
})
