import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ApiDeps } from '../../src/api/api-deps.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { DASHBOARD_URL, openTestApi, PASSWORD, PUBLIC_URL, type TestApi } from '../contract/api-harness.ts'
import { createWorld, type World } from '../contract/api-world.ts'
import { useStores } from '../support/databases.ts'
import { choose, create, enter, fill, open, watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 15_000
/** Addresses and their headings. */
const SCREENS = {
  '/report': 'Report',
  '/conversions': 'Conversions',
  '/hits': 'Hits',
  '/visits': 'Visit story',
  '/campaigns': 'Campaigns',
  '/campaigns/new': 'New campaign',
  '/flows': 'Shared flows',
  '/flows/new': 'New shared flow',
  '/traffic-sources/new': 'New traffic source',
  '/traffic-sources/new?start=empty': 'New traffic source',
  '/traffic-sources/new?template=adcash': 'New traffic source',
  '/affiliate-networks/new': 'New affiliate network',
  '/affiliate-networks/new?start=empty': 'New affiliate network',
  '/offers/new': 'New offer',
  '/landers/new': 'New lander',
  '/events/new': 'New event',
  '/domains/new': 'New domain',
  '/conversions/upload': 'Upload conversions',
  '/costs': 'Costs',
  '/fraud': 'Fraud',
  '/moving?from=keitaro': 'Moving from another tracker',
  '/fraud?tab=rerun': 'Fraud',
  '/settings': 'Settings',
  '/nowhere': 'There is nothing here',
}

type Dashboard = {
  readonly api: TestApi
  readonly page: Page
  /** What the browser objected to. */
  readonly complaints: string[]
}

const webRoot = inject('webRoot')
let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
})

describe('the dashboard in a browser', () => {
  const stores = useStores('sqlite')
  const closing: (() => Promise<unknown>)[] = []

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })

  /** A fresh installation and a browser window on it. */
  async function openDashboard(changes: Partial<ApiDeps> = {}): Promise<Dashboard> {
    const api = await openTestApi(stores, { webRoot, ...changes })
    closing.push(() => api.app.close())
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo // it listens on TCP
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    closing.push(async () => {
      // A screen that is still loading must not fail the test that is over.
      await context.unrouteAll({ behavior: 'ignoreErrors' })
      await context.close()
    })
    context.setDefaultTimeout(STEP_MS_MAX)
    const complaints = watch(context, DASHBOARD_URL)
    // The page believes to be at the configured address, which cookies and the check of origins depend on.
    await context.route(`${DASHBOARD_URL}/**`, async (route) => {
      const url = route.request().url().replace(DASHBOARD_URL, `http://127.0.0.1:${port}`)
      await route.fulfill({ response: await route.fetch({ url, maxRedirects: 0 }) })
    })
    return { api, page: await context.newPage(), complaints }
  }

  async function signIn(page: Page, email: string, path: string): Promise<void> {
    await page.goto(DASHBOARD_URL + path)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
    await enter(page.locator('input[type=password]'), PASSWORD)
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
  }

  it('leads from the set-up link to a campaign link to copy', async () => {
    const { api, page, complaints } = await openDashboard()
    await page.goto(`${DASHBOARD_URL}/setup?token=${await api.setupToken()}`)
    await setUp(page)
    await createSource(page)
    await createNetwork(page)
    await createOffer(page)
    await createCampaign(page)

    const link = `${PUBLIC_URL}/c/sleep-push?visitor_id=\${SUBID}&zone={zoneid}`
    await page.getByText(link).waitFor()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy Campaign link' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(link)

    await page.getByRole('link', { name: 'Affiliate networks' }).first().click()
    await page.getByRole('link', { name: 'MaxBounty' }).click()
    await page.getByText(`${PUBLIC_URL}/postback?cid=`).waitFor()
    expect(complaints).toEqual([])
  })

  it('marks the field that the API refuses and puts the focus there', async () => {
    const { api, page } = await openDashboard()
    await api.owner('ada@example.com')
    await signIn(page, 'ada@example.com', '/offers/new')
    await fill(page, { Name: 'An offer', 'Offer URL': 'ftp://example.com/{clickid}' })
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('http:// or https://').waitFor()
    const field = page.getByRole('textbox', { name: 'Offer URL', exact: true })
    await field.and(page.locator('[aria-invalid=true]:focus')).waitFor()

    await page.getByRole('textbox', { name: 'Offer URL' }).fill('https://example.com/{clickid}')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/offers\/(?!new)/)
  })

  it('tells the story of a visit and sends a dead call again', async () => {
    const { api, page, complaints } = await openDashboard()
    const world = await createWorld(api, 'Ada', { signedIn: true })
    await signIn(page, 'ada@example.com', '/visits')
    await enter(page.getByRole('textbox', { name: 'Click id' }), world.clickId)
    await page.getByText('Conversion “sale”').waitFor()
    await page.getByText('$1.25').waitFor()
    await page.getByText('Given up').waitFor()
    await page.getByText('Attempt 1: 500').click()
    await page.getByText('oops').waitFor()
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
    await page.getByText('Waiting').first().waitFor()

    const delivery = await api.store.db.selectFrom('deliveries').select('state').executeTakeFirstOrThrow()
    expect(delivery.state).toBe('pending')
    expect(complaints).toEqual([])
  })

  it('reports by groupings and filters that the address keeps', async () => {
    const { dataDir } = await stores.options()
    const ledger = await openLedger({ clickhouseUrl: '', dataDir })
    closing.push(() => ledger.close())
    const { api, page, complaints } = await openDashboard({
      runReport: (request, signal) => runReport(ledger, request, signal),
    })
    const world = await createWorld(api, 'Ada', { signedIn: true })
    await ledger.insertRows(ledgerRows(world), 'batch')
    await signIn(page, 'ada@example.com', '/report')
    await expectRow(page, 'Total', ['3', '$2.50', '$0.75', '$1.75'])
    await expectRow(page, 'Ada campaigns', ['3', '$2.50'])

    await page.getByRole('button', { name: 'Add a grouping' }).click()
    await page.getByRole('option', { name: 'Country', exact: true }).click()
    await page.getByRole('button', { name: 'Open Ada campaigns' }).click()
    await expectRow(page, 'Germany', ['2', '$2.50', '$0.50', '$2.00'])
    await page.getByRole('button', { name: 'France' }).click()
    await expectRow(page, 'Total', ['1', '$0.25', '-$0.25'])
    await page.reload()
    await page.getByText('Country: France').waitFor()
    await expectRow(page, 'Total', ['1', '$0.25', '-$0.25'])
    await page.getByRole('button', { name: 'Remove France' }).click()
    await expectRow(page, 'Total', ['3', '$2.50'])
    expect(complaints).toEqual([])
  })

  it('labels every input, and complains about nothing on any screen', async () => {
    const { api, page, complaints } = await openDashboard()
    await api.owner('ada@example.com')
    await signIn(page, 'ada@example.com', '/report')
    for (const [path, name] of Object.entries(SCREENS)) {
      await page.evaluate(
        `history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`,
      )
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
      expect(await page.evaluate<string[]>(UNLABELLED), path).toEqual([])
    }
    expect(complaints).toEqual([])
  })

  it('asks for the sign-in in the place of the wanted screen, and shows that screen after it', async () => {
    const { api, page } = await openDashboard()
    await api.owner('ada@example.com')
    await signIn(page, 'ada@example.com', '/landers')
    await page.getByRole('heading', { name: 'Landers' }).waitFor()
    await page.getByRole('button', { name: 'Account: ada@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
})

/** Runs in the page: inputs that a screen reader could not name. Text, because tests are typed without a DOM. */
const UNLABELLED = `[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
  .filter((input) => (input.labels?.length ?? 0) === 0 && !input.ariaLabel)
  .map((input) => input.outerHTML)`

/** Today: two visits from Germany, the first of which converted, and one from France; each cost 0.25. */
function ledgerRows({ workspace, ids }: World): string {
  const at = Date.now()
  const visit = { workspace, at, visit_at: at, campaign_id: ids.campaigns, kind: 'visit', visits: 1 }
  const rows = [
    { ...visit, click_id: 'a', country: 'DE', cost: '0.25' },
    { ...visit, click_id: 'b', country: 'DE', cost: '0.25' },
    { ...visit, click_id: 'c', country: 'FR', cost: '0.25' },
    { ...visit, click_id: 'a', country: 'DE', kind: 'conversion', visits: 0, revenue: '2.5', conversions: 1 },
  ]
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

/** Waits for a row of the table that holds all of these cells. */
async function expectRow(page: Page, name: string, cells: readonly string[]): Promise<void> {
  let row = page.getByRole('row').filter({ hasText: name })
  for (const cell of cells) row = row.filter({ has: page.getByRole('gridcell', { name: cell, exact: true }) })
  await row.first().waitFor()
}

async function setUp(page: Page): Promise<void> {
  await fill(page, { 'Your name': 'Ada Lovelace', 'E-mail': 'ada@example.com' })
  await page.locator('input[type=password]').fill(PASSWORD)
  await fill(page, { 'Workspace name': 'Analytical Media' })
  await page.getByRole('button', { name: 'Create owner and workspace' }).click()
  await page.getByRole('heading', { name: 'Get started' }).waitFor()
}

async function createSource(page: Page): Promise<void> {
  await open(page, 'Traffic sources', 'New traffic source')
  await page.getByRole('button', { name: 'Start empty' }).click()
  await fill(page, {
    Name: 'PropellerAds',
    'Click id parameter': 'visitor_id',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a traffic source's macro looks like this
    'Macro of the click id': '${SUBID}',
    'Postback URL of the source': 'https://ad.example.com/conversion?visitor_id={externalid}&payout={payout}',
  })
  await page.getByRole('button', { name: 'Add a token' }).click()
  await fill(page, { 'Token name 1': 'zone', 'Parameter 1': 'zone', 'Macro of the source 1': '{zoneid}' })
  await create(page)
}

async function createNetwork(page: Page): Promise<void> {
  await open(page, 'Affiliate networks', 'New affiliate network')
  await page.getByRole('button', { name: 'Start empty' }).click()
  await fill(page, { Name: 'MaxBounty', 'Click id parameter': 's2' })
  await create(page)
}

async function createOffer(page: Page): Promise<void> {
  await open(page, 'Offers', 'New offer')
  await fill(page, { Name: 'Sleep Well', 'Offer URL': 'https://offers.example.com/?o=1', Payout: '24.50' })
  await choose(page, 'Affiliate network', 'MaxBounty')
  await create(page)
}

async function createCampaign(page: Page): Promise<void> {
  await open(page, 'Campaigns', 'New campaign')
  await fill(page, { Name: 'Sleep push', 'Link name': 'sleep-push' })
  await choose(page, 'Traffic source', 'PropellerAds')
  await choose(page, 'Offer 1', 'Sleep Well')
  await create(page)
}
