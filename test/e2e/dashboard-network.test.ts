import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { DASHBOARD_URL, openTestApi, PASSWORD, PUBLIC_URL, type TestApi } from '../contract/api-harness.ts'
import { useStores } from '../support/databases.ts'
import { choose, create, enter, fill, open, watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 15_000
const JOURNEY_MS_MAX = 120_000
const PIXEL = '<script>document.title = "hacked"</script><img src="https://ads.example/i.gif?c={externalid}">'
/** Addresses of the network's side and their headings. */
const SCREENS = {
  '/advertisers': 'Advertisers',
  '/advertisers/new': 'New advertiser',
  '/affiliates': 'Affiliates',
  '/affiliates/new': 'New affiliate',
  '/applications': 'Applications',
  '/pixel-moderation': 'Pixels to approve',
  '/billing': 'Billing',
  '/billing/invoices': 'Billing',
  '/billing/payments': 'Billing',
  '/reconciliations': 'Reconciliation',
  '/settings/network': 'Settings',
  '/settings/members': 'Settings',
  '/settings/webhooks': 'Settings',
}

describe('a network run in a browser', () => {
  const stores = useStores('sqlite')
  const webRoot = inject('webRoot')
  let complaints: string[] = []
  let browser: Browser
  let api: TestApi
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await page?.context().unrouteAll({ behavior: 'ignoreErrors' })
    await browser?.close()
    await api?.app.close()
  })

  async function openDashboard(): Promise<void> {
    api = await openTestApi(stores, { webRoot })
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo // it listens on TCP
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(STEP_MS_MAX)
    complaints = watch(context, DASHBOARD_URL)
    await context.route(`${DASHBOARD_URL}/**`, async (route) => {
      const url = route.request().url().replace(DASHBOARD_URL, `http://127.0.0.1:${port}`)
      await route.fulfill({ response: await route.fetch({ url, maxRedirects: 0 }) })
    })
    page = await context.newPage()
  }

  it(
    'leads from an advertiser to an offer, an affiliate, its application and its approved pixel',
    async () => {
      await openDashboard()
      const { cookie } = await api.owner('ada@example.com')
      await signIn(page, 'ada@example.com')
      await createAdvertiser(page)
      await enforceToken(page)
      const offerId = await createOffer(page)
      const affiliateId = await createAffiliate(page)

      const portal = await portalOf(api, cookie, affiliateId)
      await portal(`/api/v1/portal/offers/${offerId}/apply`, { message: 'By e-mail to my readers.' })
      await approveApplication(page)
      await portal('/api/v1/portal/postbacks', { type: 'script', code: PIXEL })
      await approvePixel(page)

      const target = await api.store.db
        .selectFrom('notification_targets')
        .select(['code', 'moderation'])
        .executeTakeFirstOrThrow()
      expect(target).toEqual({ code: PIXEL, moderation: 'approved' })
      await expectScreens(page)
      // A payout above the revenue is refused once, which browsers report as an error.
      expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([])
    },
    JOURNEY_MS_MAX,
  )
})

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${DASHBOARD_URL}/advertisers`)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await enter(page.locator('input[type=password]'), PASSWORD)
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}

async function createAdvertiser(page: Page): Promise<void> {
  await open(page, 'Advertisers', 'New advertiser')
  await fill(page, { Name: 'Sleep Shop', 'Click id parameter': 'tid' })
  await create(page)
  await page.getByText(`${PUBLIC_URL}/postback?`).waitFor()
}

/** First it is accepted, then it is required. */
async function enforceToken(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Generate a token' }).click()
  await page.getByText('Step 2 of 2').waitFor()
  await page.getByRole('button', { name: 'Require it from now on' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Require it from now on' }).click()
  await page.getByText('Hits must carry the token').waitFor()
}

/** Its payout is above its revenue, which is asked about once. */
async function createOffer(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'New offer of it' }).click()
  await page.getByRole('heading', { name: 'New offer' }).waitFor()
  await fill(page, {
    Name: 'Sleep Well',
    'Offer URL': 'https://shop.example/?o=1',
    'Revenue amount': '9',
    'Payout amount': '12',
  })
  await choose(page, 'Who may run it', 'On application')
  await choose(page, 'The advertiser puts in place', 'An iframe pixel on its thank-you page')
  await page.getByText('You lose $3.00 with each conversion.').waitFor()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('dialog').getByText('The offer’s payout').waitFor()
  await page.getByRole('button', { name: 'Save it anyway' }).click()
  await page.waitForURL((url) => !url.pathname.endsWith('/new'))
  await page.getByText('Iframe pixel', { exact: true }).waitFor()
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

async function createAffiliate(page: Page): Promise<string> {
  await open(page, 'Affiliates', 'New affiliate')
  await fill(page, { Name: 'Night Owl Media', 'E-mail': 'owl@example.com' })
  await create(page)
  await page.getByText('Nobody can sign in yet.').waitFor()
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

/** Posts to the portal as a program of the affiliate. */
async function portalOf(api: TestApi, cookie: string, affiliateId: string) {
  const made = await api.app.inject({
    method: 'POST',
    url: `/api/v1/affiliates/${affiliateId}/api-keys`,
    headers: { cookie, origin: DASHBOARD_URL },
    payload: { name: 'portal' },
  })
  const { key } = made.json<{ key: string }>()
  return async (url: string, payload: object) => {
    const headers = { authorization: `Bearer ${key}` }
    const answer = await api.app.inject({ method: 'POST', url, headers, payload })
    if (answer.statusCode >= 300) throw new Error(`POST ${url}: ${answer.body}`)
  }
}

async function approveApplication(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Applications' }).click()
  await page.getByText('By e-mail to my readers.').waitFor()
  await page.getByRole('checkbox', { name: 'Choose all on this page' }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByText('1 application decided').waitFor()
  await page.getByText('Nothing waits').waitFor()
  await expect.poll(() => page.evaluate('document.activeElement?.textContent')).toBe('Applications')
}

/** Its text is shown letter for letter, and nothing of it runs. */
async function approvePixel(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Pixels to approve' }).click()
  const frame = page.frameLocator('iframe[sandbox=""]')
  await frame.getByText(PIXEL, { exact: true }).waitFor()
  await page.getByText('Runs a script in the visitor’s browser.').waitFor()
  await expect.poll(() => page.title()).toContain('Pixels to approve')
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByText('Nothing waits').waitFor()
}

/** Every screen comes, and every input of it has a name for a screen reader. */
async function expectScreens(page: Page): Promise<void> {
  for (const [path, name] of Object.entries(SCREENS)) {
    await page.evaluate(
      `history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`,
    )
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate<string[]>(UNLABELLED), path).toEqual([])
  }
}

/** Runs in the page: inputs that a screen reader could not name. Text, because tests are typed without a DOM. */
const UNLABELLED = `[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
  .filter((input) => (input.labels?.length ?? 0) === 0 && !input.ariaLabel && !input.ariaHidden)
  .map((input) => input.outerHTML)`
