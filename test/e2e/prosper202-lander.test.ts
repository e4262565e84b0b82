import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type DialectWorld, openDialectWorld } from '../contract/dialect-world.ts'

/** A headless browser says so in its user agent, and would be a bot. */
const SHOPPER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'
const STEP_MS_MAX = 15_000

let world: DialectWorld
let site: Server
let siteUrl: string
let browser: Browser

beforeAll(async () => {
  world = await openDialectWorld({
    lander: ['prosper202:4567'],
    direct: ['prosper202:lp-8889'],
    landerPage: ['prosper202:8889'],
  })
  // The tracking host is localhost, and 127.0.0.1 is another site to a browser: its cookies are third-party ones.
  const tracking = `http://localhost:${world.rig.edge.port}/tracking202`
  const html = `<!doctype html><a id="out" href="${tracking}/redirect/lp.php?lpip=8889">out</a>
    <script src="${tracking}/static/landing.php?lpip=8889"></script>`
  site = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}` // it listens on TCP
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  site.close()
  await world.rig.stop()
})

it.each([
  ['t202id=4567&c1=blue', 'c-lander', 'ts1'],
  ['c1=blue', 'c-direct', ''],
])(
  'a lander with landing.php, opened with %s, is a visit of %s whose links lead on',
  async (query, id, source) => {
    const context = await browser.newContext({ userAgent: SHOPPER })
    const errors: string[] = []
    context.on('weberror', (error) => errors.push(String(error.error())))
    const page = await context.newPage()
    page.setDefaultTimeout(STEP_MS_MAX)
    await page.goto(`${siteUrl}/?${query}`)
    await page.waitForFunction("document.querySelector('#out').href.includes('pci=')")
    const visit = await world.lastVisit()
    expect(visit).toMatchObject({ campaign_id: id, lander_id: 'l2', sub1: 'blue' })
    expect(visit.traffic_source_id ?? '').toBe(source)
    const href = new URL(await page.evaluate<string>("document.querySelector('#out').href"))
    expect(href.searchParams.get('pci')).toBe(visit.click_id)
    // Without a cookie, as a browser that keeps none of other sites.
    const answer = await world.rig.get(href.pathname + href.search)
    expect([answer.status, new URL(answer.headers.location ?? '').host]).toEqual([302, 'offer.example'])
    expect((await world.rig.records()).clicks.at(-1)).toMatchObject({ clickId: visit.click_id })
    expect(errors).toEqual([])
    await context.close()
  },
)
