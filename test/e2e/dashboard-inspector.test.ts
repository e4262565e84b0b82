import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, DEMO_OWNER, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { openSink } from '../support/delivery-queue.ts'
import { findA11yProblems } from './axe.ts'
import { choose, enter, fill } from './dashboard-page.ts'
import { type DashboardWindow, openAsOwner } from './dashboard-window.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 45_000
const JOURNEY_MS_MAX = 180_000
const PERSON = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'
/** Addresses and their headings. */
const SCREENS = {
  '/conversions': 'Conversions',
  '/conversions/upload': 'Upload conversions',
  '/hits': 'Hits',
  '/hits?outcome=unmatched': 'Hits',
  '/deliveries': 'Deliveries',
  '/live': 'Live',
  '/jobs': 'Jobs',
  '/alerts': 'Alerts',
  '/explain-url': 'Explain a URL',
  '/costs': 'Costs',
  '/fraud': 'Fraud',
  '/visits': 'Visit story',
} as const

/** Looking closely at an installation as it is started, whose traffic source and network are stood in for. */
describe('what went wrong is found and mended in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-inspector-'))
  let receiverStatus = 500
  let receiver: Awaited<ReturnType<typeof openSink>>
  let installation: Installation
  let browser: Browser
  let window: DashboardWindow
  let page: Page
  /** Of the visit whose delivery failed. */
  let storyPath = ''

  beforeAll(async () => {
    receiver = await openSink((_request, response) => response.writeHead(receiverStatus).end('it says so'))
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal', TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    await createCampaign(await setUpOwner(installation), `${receiver.url}/pb?id={externalid}`)
    browser = await launchBrowser()
    window = await openAsOwner(browser, { origin: installation.dashboardUrl })
    page = window.page
    page.setDefaultTimeout(STEP_MS_MAX)
  })
  afterAll(async () => {
    await window?.close()
    await browser?.close()
    await installation?.stop()
    await receiver?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** One visitor; where it is sent to. */
  async function visit(): Promise<URL> {
    const link = `${installation.publicUrl}/c/sleep?subid=their-click`
    const answer = await fetch(link, { redirect: 'manual', headers: { 'user-agent': PERSON } })
    return new URL(answer.headers.get('location') ?? '')
  }

  const postback = (query: string) => fetch(`${installation.publicUrl}/postback?token=its-secret&${query}`)

  it(
    'a postback without a click id is explained, its network corrected, and its conversion saved',
    async () => {
      const lost = await visit()
      expect([...lost.searchParams.keys()]).toEqual(['wrong'])
      // The network reads another parameter, and so has nothing to give back.
      await postback('cid=&txid=LOST-1&payout=12')

      await page.goto(`${installation.dashboardUrl}/hits?outcome=unmatched`)
      await page.getByText('The click id is empty').waitFor()
      await page.getByText('check that the link of the offer hands it over').waitFor()
      await page.getByRole('button', { name: 'Try again: The click id is empty' }).click()
      await page.getByText('1 tried, 0 found their visit.').waitFor()

      await page.getByRole('link', { name: 'Open the settings of MaxBounty' }).click()
      await fill(page, { 'Click id parameter': 's2' })
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Saved').waitFor()
      await expect
        .poll(async () => [...(await visit()).searchParams.keys()], { timeout: STEP_MS_MAX })
        .toEqual(['s2'])

      await page.goto(`${installation.dashboardUrl}/hits?outcome=unmatched&text=LOST-1`)
      await page.getByRole('row').filter({ hasText: 'Unmatched' }).getByRole('link').click()
      const drawer = page.getByRole('dialog', { name: 'Hit' })
      await drawer.getByText('txid = LOST-1').waitFor()
      await drawer.getByRole('button', { name: 'Match', exact: true }).click()
      const match = page.getByRole('dialog', { name: 'Whose conversion is it?' })
      await match.getByRole('textbox', { name: 'Click id' }).fill(clickIdIn(lost))
      await page.getByRole('button', { name: 'Match and judge' }).click()
      await page.getByText('Judged: Recorded').waitFor()

      await page.goto(`${installation.dashboardUrl}/conversions?anyId=LOST-1`)
      await page.getByRole('row').filter({ hasText: 'LOST-1' }).getByText('Approved').waitFor()
      expect(window.complaints).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it('a hit is found by any of its fields, and tells who sent it by name', async () => {
    await page.goto(`${installation.dashboardUrl}/hits`)
    await page.getByRole('button', { name: 'More filters' }).click()
    await fill(page, { Parameter: 'txid', 'Value of a parameter': 'LOST-1', 'Path begins with': '/post' })
    await page.getByRole('main').getByRole('button', { name: 'Search' }).click()
    await choose(page, 'Came by a URL of', 'Trailpost')
    await page.waitForURL(/dialect=own/)
    const rows = page.getByRole('table', { name: 'Hits' }).getByRole('row')
    await expect.poll(() => rows.count(), { timeout: STEP_MS_MAX }).toBe(2)
    await rows.nth(1).getByRole('link').first().click()
    const drawer = page.getByRole('dialog', { name: 'Hit' })
    await drawer.getByText('txid = LOST-1').waitFor()
    await drawer.getByText('MaxBounty').waitFor()

    await page.goto(`${installation.dashboardUrl}/hits?param=txid&value=LOST-1&dialect=voluum`)
    await page.getByText('Nothing matches').waitFor()
  })

  it('what is decided by hand is put back as it was, also where the list lost it meanwhile', async () => {
    await page.goto(`${installation.dashboardUrl}/conversions?anyId=LOST-1&status=approved`)
    const row = page.getByRole('row').filter({ hasText: 'LOST-1' })
    await row.getByRole('checkbox', { name: /^Choose .* LOST-1$/ }).check()
    await page.getByRole('button', { name: 'Reject', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Reject conversions' })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Returned')
    await dialog.getByRole('button', { name: 'Reject' }).click()
    await row.waitFor({ state: 'detached' })
    await dialog.getByText('1 changed').waitFor()
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.getByText('Approved').waitFor()
  })

  it('a session that ends takes nothing away that was typed', async () => {
    await page.goto(`${installation.dashboardUrl}/landers/new`)
    await fill(page, { Name: 'Half typed', 'Lander URL': 'https://landers.example.com/half' })
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    const again = page.getByRole('dialog', { name: 'Sign in' })
    await again.getByRole('textbox', { name: 'E-mail' }).fill(DEMO_OWNER.email)
    await enter(again.locator('input[type=password]'), DEMO_OWNER.password)
    await again.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Half typed' }).waitFor()
  })

  it(
    'a delivery that failed is sent again from the story of its visit, which then shows that it arrived',
    async () => {
      const clickId = clickIdIn(await visit())
      await postback(`cid=${clickId}&txid=SALE-1&payout=9`)

      await page.goto(`${installation.dashboardUrl}/visits`)
      await page.getByRole('textbox', { name: 'Click id, or anything' }).fill('SALE-1')
      await page.getByRole('button', { name: 'Find' }).click()
      await page.getByText('Found by its transaction number.').waitFor()
      storyPath = new URL(page.url()).pathname
      expect(storyPath).toBe(`/visits/${clickId}`)
      const lane = page.getByRole('list', { name: 'To 127.0.0.1' })
      await lane.getByRole('link', { name: 'Failed' }).first().click()
      await page.waitForURL(/entry=attempt-/)
      await page.getByText('it says so').first().waitFor()

      receiverStatus = 200
      await page.getByRole('button', { name: 'Send again' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
      await lane.getByRole('link', { name: 'Delivered' }).first().waitFor()
      expect(receiver.received.length).toBeGreaterThan(1)
      expect(window.complaints.filter((each) => !each.includes('status of 404'))).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it('a test is sent with a token of its own, and shows what the target answered', async () => {
    await page.goto(`${installation.dashboardUrl}/campaigns`)
    await page.getByRole('main').getByRole('link', { name: 'Sleep' }).first().click()
    await page.getByRole('button', { name: 'Test conversion' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('More about the visitor').click()
    await drawer.getByRole('button', { name: 'Add a parameter' }).click()
    await fill(page, { 'Name of parameter 1': 'subid', 'Value of parameter 1': 'of-the-test' })
    await drawer.getByRole('checkbox', { name: 'Really call the targets' }).check()
    await drawer.getByRole('button', { name: 'Send it' }).click()
    await drawer.getByRole('listitem').filter({ hasText: 'of-the-test' }).first().waitFor()
    await drawer.getByText('What was sent and answered').click()
    await drawer.getByText('it says so').waitFor()
    expect(receiver.received.map(({ url }) => url)).toContainEqual(expect.stringContaining('id=test-'))
  })

  it(
    'what happens is seen live, as far as one wants to see it',
    async () => {
      await page.goto(`${installation.dashboardUrl}/live?outcome=recorded&kinds=hits`)
      await page.getByText('Following').waitFor()
      const clickId = clickIdIn(await visit())
      await postback('cid=&txid=LOST-2')
      await postback(`cid=${clickId}&txid=SALE-2&payout=9`)
      const log = page.getByRole('list', { name: 'What happened' })
      await log.getByText('Recorded').waitFor()
      expect(await log.getByText('Unmatched').count()).toBe(0)
      await log.getByRole('link', { name: 'Story' }).click()
      await page.waitForURL(new RegExp(`/visits/${clickId}`))

      await page.goto(`${installation.dashboardUrl}/live?kinds=conversions`)
      await choose(page, 'State or status', 'Rejected')
      await page.waitForURL(/state=rejected/)
      await page.getByText('Following').waitFor()
      await postback(`cid=${clickIdIn(await visit())}&txid=SALE-3&payout=9`)
      await postback(`cid=${clickIdIn(await visit())}&txid=SALE-4&payout=9&status=rejected`)
      await log.getByText('Rejected').first().waitFor()
      expect(await log.getByText('Approved').count()).toBe(0)
    },
    JOURNEY_MS_MAX,
  )

  it.each(['light', 'dark'] as const)(
    'every screen of it can be read and used by everybody, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      for (const [path, name] of [...Object.entries(SCREENS), [storyPath, 'Visit story'] as const]) {
        await page.goto(installation.dashboardUrl + path)
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
        await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
        expect(await findA11yProblems(page), path).toEqual([])
      }
    },
    JOURNEY_MS_MAX,
  )
})

/** The one parameter that the offer's URL is given. */
function clickIdIn(offerUrl: URL): string {
  return [...offerUrl.searchParams.values()][0] ?? ''
}

/** A campaign whose network is handed the click id under a name that it does not know. */
async function createCampaign(api: ApiClient, receiverUrl: string): Promise<void> {
  const source = { name: 'PropellerAds', externalIdParam: 'subid', currency: 'USD' }
  const sourceId = await idOf(api, '/traffic-sources', source)
  await api.post(`/traffic-sources/${sourceId}/notification-targets`, { type: 'postback', url: receiverUrl })
  const network = { name: 'MaxBounty', clickIdParam: 'wrong', currency: 'USD', token: 'its-secret' }
  const affiliateNetworkId = await idOf(api, '/affiliate-networks', network)
  const offer = { name: 'Sleep Well', url: 'https://offers.example.com/', affiliateNetworkId }
  const offerId = await idOf(api, '/offers', offer)
  const paths = [{ weight: 100, landers: [], offers: [{ id: offerId, weight: 100 }] }]
  const campaign = { name: 'Sleep', slug: 'sleep', trafficSourceId: sourceId, costModel: { type: 'none' } }
  await api.post('/campaigns', { ...campaign, paths })
}
