import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DASHBOARD_URL, PASSWORD, PUBLIC_URL } from '../contract/api-harness.ts'
import {
  openPortal,
  type Portal,
  type PortalRig,
  SECRET_REVENUE_MICROS,
  SECRETS,
} from '../contract/portal-rig.ts'
import { useStores } from '../support/databases.ts'
import { choose, enter, fill, watch } from './dashboard-page.ts'
import { appendSkipped, EMAIL, ownerOf, personOf, viewerElsewhere } from './portal-people.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 15_000
const JOURNEY_MS_MAX = 120_000
/** Addresses of the portal and their headings. */
const SCREENS = {
  '/portal/overview': 'Overview',
  '/portal/offers': 'Offers',
  '/portal/global-postback': 'Global Postback',
  '/portal/postbacks': 'Postbacks & pixels',
  '/portal/postbacks/new': 'New postback or pixel',
  '/portal/postback-log': 'Postback log',
  '/portal/conversions': 'Conversions',
  '/portal/reports': 'Reports',
  '/portal/balance': 'Balance & payments',
  '/portal/api-keys': 'API keys',
  '/portal/nowhere': 'There is nothing here',
  '/offers': 'There is nothing here',
}

type Opened = {
  readonly rig: PortalRig
  readonly page: Page
  /** What the browser objected to. */
  readonly complaints: string[]
  /** Everything that the portal was answered. */
  readonly answers: string[]
}

describe('the affiliate portal in a browser', () => {
  const stores = useStores('sqlite')
  const webRoot = inject('webRoot')
  const closing: (() => unknown)[] = []
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** A network that takes sign-ups, and a browser window on it. */
  async function open(): Promise<Opened> {
    const network = {
      ...DEFAULT_NETWORK_SETTINGS,
      signUp: 'on approval',
      agreement: 'Be kind',
      autoApprovePostbacks: true,
    } as const
    const rig = await openPortal(stores, {
      workspace: { name: 'Net', network },
      deps: { webRoot, clock: Date.now, runReport: async () => LONG_REPORT },
    })
    const { app } = rig.api
    closing.push(() => app.close())
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo // it listens on TCP
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    closing.push(async () => {
      await context.unrouteAll({ behavior: 'ignoreErrors' })
      await context.close()
    })
    context.setDefaultTimeout(STEP_MS_MAX)
    const complaints = watch(context, DASHBOARD_URL)
    const answers: string[] = []
    await context.route(`${DASHBOARD_URL}/**`, async (route) => {
      const asked = route.request().url()
      const url = asked.replace(DASHBOARD_URL, `http://127.0.0.1:${port}`)
      // It has no end to wait for.
      if (asked.includes('/inspector/stream')) {
        await route.fulfill({ status: 200, contentType: 'text/event-stream', body: '' })
        return
      }
      const response = await route.fetch({ url, maxRedirects: 0 })
      if (asked.includes('/api/')) answers.push(await response.text())
      await route.fulfill({ response })
    })
    return { rig, page: await context.newPage(), complaints, answers }
  }

  async function startTracker(): Promise<{ readonly origin: string; readonly urls: string[] }> {
    const urls: string[] = []
    const server = createServer((request, response) => {
      urls.push(request.url ?? '')
      response.end('one conversion stored')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo // it listens on TCP
    return { origin: `http://127.0.0.1:${port}`, urls }
  }

  it(
    'leads from the sign-in to a link, a tested Global Postback and its log, and tells no revenue',
    async () => {
      const { rig, page, complaints, answers } = await open()
      const portal = await personOf(rig, {})
      const goals = [{ event: 'deposit', name: 'Deposit', revenue: SECRET_PRICE, payout: dollars(40) }]
      const offerId = await rig.offer({ protocol: 'iframe', goals }, { name: 'Ringtones' })
      await rig.agree(offerId, portal, { state: 'approved', payouts: { deposit: dollars(50) } })
      await rig.offer({ protocol: 'iframe', allowsPixels: false }, { name: 'Wallpapers' })
      await rig.offer({ visibility: 'approval' }, { name: 'Loans' })
      const conversionId = await rig.conversion({ affiliateId: portal.affiliateId, offerId })
      await signIn(page)
      await page.getByRole('heading', { name: 'Overview' }).waitFor()

      await page.keyboard.press('Control+k')
      await page.getByRole('textbox', { name: 'Search and commands' }).fill('wallp')
      await page.getByText('Wallpapers, 1 of 1').waitFor({ state: 'attached' })
      await page.keyboard.press('Enter')
      await page.getByText('This offer allows postbacks only').waitFor()
      await goTo(page, 'Offers')
      await page.getByText('3 offers, 1 of them to apply for first').waitFor()
      // What it would be paid itself: its own payout of the goal, and not the one that others are paid.
      await page.getByRole('row', { name: /Ringtones.*\$2\.00 – \$50\.00/ }).waitFor()
      await page.getByRole('row', { name: /Loans.*\$2\.00/ }).waitFor()
      expect(await page.getByRole('columnheader', { name: 'Tag' }).count()).toBe(0)
      await page.getByRole('textbox', { name: 'Search' }).fill('ring')
      await page.getByText('1 offer', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Wallpapers' }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Ringtones' }).click()
      await page.getByText('$2.00').waitFor()
      await fill(page, { 'Sub id 1': 'newsletter', 'Your click id': '{clickid}' })
      await page
        .getByText(
          `${PUBLIC_URL}/o/${offerId}/${portal.affiliateId}?sub1=newsletter&aff_click_id={clickid}`,
          {
            exact: true,
          },
        )
        .first()
        .waitFor()
      await page.getByRole('button', { name: 'Copy Your affiliate link' }).waitFor()

      const tracker = await startTracker()
      await goTo(page, 'Global Postback')
      await fill(page, { 'Postback URL': `${tracker.origin}/pb?p={payout}&r={revenue}&c=` })
      await page.getByRole('button', { name: 'Insert {externalid}' }).click()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Active', { exact: true }).waitFor()
      await choose(page, 'Test conversion of', 'Ringtones')
      await page.getByRole('button', { name: 'Test' }).click()
      await page.getByText('one conversion stored').waitFor()
      expect(tracker.urls).toEqual(['/pb?p=2&r=&c=test-aff-click-id'])

      await appendSkipped(rig, portal, conversionId)
      await goTo(page, 'Postback log')
      await page.getByText('This offer allows postbacks only.').waitFor()
      await goTo(page, 'Conversions')
      await page.getByRole('cell', { name: '$2.00' }).waitFor()
      await filterConversions(page, conversionId)
      await readLongReport(page)
      await replaceSecretAndDelete(page, portal, tracker.origin)

      await expectScreens(page)
      expect(complaints).toEqual([])
      expect(answers.length).toBeGreaterThan(20)
      for (const secret of SECRETS) expect(answers.join('\n')).not.toContain(secret)
    },
    JOURNEY_MS_MAX,
  )

  it(
    'leads by the keyboard to the account with its second factor, without leaving the portal',
    async () => {
      const { rig, page, complaints } = await open()
      await personOf(rig, {})
      await signIn(page)
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      await openAccountMenu(page)
      await page.getByRole('menuitem', { name: 'Account and two-factor' }).press('Enter')
      await page.waitForURL(/settings\/account/)
      await page.getByRole('heading', { name: 'Two-factor sign-in' }).waitFor()
      const places = page.getByRole('navigation', { name: 'Main' })
      await places.getByRole('link', { name: 'Global Postback', exact: true }).waitFor()
      expect(await places.getByRole('link', { name: 'Campaigns' }).count()).toBe(0)
      const parts = page.getByRole('navigation', { name: 'Settings' }).getByRole('link')
      expect(await parts.allTextContents()).toEqual(['Your account'])
      await page.getByRole('button', { name: 'Turn on' }).press('Enter')
      await page.getByRole('dialog').getByLabel('Your password').waitFor()
      expect(complaints).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it(
    'lets a person of two workspaces switch by the keyboard, and keeps nothing of the first',
    async () => {
      const { rig, page, complaints } = await open()
      await personOf(rig, {})
      await rig.offer({}, { name: 'Ringtones' })
      const second = await viewerElsewhere(rig)
      // Each page notes by itself what it showed, if only for a moment.
      await page.addInitScript(NOTE_RINGTONES)
      const asked: (string | undefined)[] = []
      page.on('request', (request) => {
        const isOfWorkspace = request.url().includes('/api/v1/') && !request.url().endsWith('/api/v1/me')
        if (isOfWorkspace) asked.push(request.headers()['x-trailpost-workspace'])
      })
      await signIn(page)
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      const isPortal = await page.getByRole('link', { name: 'Global Postback', exact: true }).isVisible()
      if (!isPortal) await switchTo(page, 'Net')
      await page.getByRole('link', { name: 'Global Postback', exact: true }).waitFor()
      await goTo(page, 'Offers')
      await page.getByRole('link', { name: 'Ringtones' }).waitFor()

      await switchTo(page, 'Elsewhere')
      await page.waitForURL(/\/overview$/)
      asked.length = 0
      await page.getByRole('navigation').getByRole('link', { name: 'Campaigns', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor()
      await page.getByRole('navigation').getByRole('link', { name: 'Offers', exact: true }).click()
      await page.getByText('What do you promote?').waitFor()
      expect(new Set(asked)).toEqual(new Set([second]))
      expect(await page.evaluate('window.sawRingtones')).toBe(false)
      // A viewer there, whatever they are here.
      expect(await page.getByRole('link', { name: 'New offer' }).count()).toBe(0)

      await page.goto(`${DASHBOARD_URL}/portal/offers`)
      await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor()
      await switchTo(page, 'Net')
      await page.getByRole('link', { name: 'Global Postback', exact: true }).waitFor()
      await page.waitForURL(/portal\/overview$/)
      expect(complaints).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it(
    'shows an affiliate that is paused its status with the reason, and nothing else',
    async () => {
      const { rig, page, complaints, answers } = await open()
      await personOf(rig, { status: 'paused', statusReason: 'Write to us' })
      await signIn(page)
      await page.getByRole('heading', { name: 'Your account is paused' }).waitFor()
      await page.getByText('Write to us').waitFor()
      expect(await page.getByRole('navigation').count()).toBe(0)
      expect(answers.filter((answer) => answer.includes('problem'))).toHaveLength(1) // nobody was signed in yet
      expect(complaints).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it(
    'signs an affiliate up when it accepts the agreement, and tells it that it waits for approval',
    async () => {
      const { rig, page, complaints } = await open()
      await ownerOf(rig)
      await page.goto(`${DASHBOARD_URL}/sign-up/${rig.workspace}`)
      await page.getByRole('heading', { name: 'Join Net' }).waitFor()
      expect(await page.evaluate<string[]>(UNLABELLED)).toEqual([])
      await fill(page, { 'Your name': 'Pat', Company: 'Bright Clicks', 'E-mail': EMAIL })
      await page.locator('input[type=password]').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign up' }).click()
      await page.getByText('The agreement must be accepted').waitFor()
      await page.getByRole('checkbox', { name: 'I have read and accept the agreement' }).check()
      await page.getByRole('button', { name: 'Sign up' }).click()
      await page.getByRole('heading', { name: 'Your account waits for approval' }).waitFor()
      expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([])
    },
    JOURNEY_MS_MAX,
  )
})

function dollars(amount: number) {
  return { model: 'flat', amountMicros: amount * 1_000_000 } as const
}

const SECRET_PRICE = { model: 'flat', amountMicros: SECRET_REVENUE_MICROS } as const

/** Of more groups than one answer has. */
const LONG_REPORT = { rows: [{ keys: { day: '2026-11-22' }, metrics: {} }], totals: {}, groups: 20_000 }

/** The address keeps the filter, and the file has what the list has. */
async function filterConversions(page: Page, conversionId: string): Promise<void> {
  await choose(page, 'Offer', 'Wallpapers')
  await page.getByText('Nothing matches').waitFor()
  await page.reload()
  await page.getByText('Nothing matches').waitFor()
  expect(await page.getByRole('combobox', { name: 'Offer' }).inputValue()).toBe('Wallpapers')
  expect(await savedConversions(page)).not.toContain(conversionId)
  await page.getByRole('button', { name: 'Clear the filter' }).last().click()
  await page.getByRole('cell', { name: '$2.00' }).waitFor()
  expect(await savedConversions(page)).toContain(conversionId)
}

async function savedConversions(page: Page): Promise<string> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^conversions-.*\.csv$/)
  return readFileSync(await file.path(), 'utf8')
}

/** A filter narrows it. More rows are offered up to the longest list; there the page says what to do, in place of a refusal. */
async function readLongReport(page: Page): Promise<void> {
  await goTo(page, 'Reports')
  const isOfOffer = /"filters":\[\{"dimension":"offer","operator":"is"/
  const narrowed = page.waitForRequest((request) => isOfOffer.test(request.postData() ?? ''))
  await choose(page, 'Offer', 'Ringtones')
  await narrowed
  await page.getByRole('button', { name: 'Load more' }).waitFor()
  await goToPath(page, '/portal/reports?rows=20000')
  await page.getByText('The list ends here: it shows 10,000 rows at most.').waitFor()
  expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0)
}

async function goToPath(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`)
}

/** A postback that signs is given a new secret, which is shown once; then it is deleted. One that does not sign has none. */
async function replaceSecretAndDelete(page: Page, portal: Portal, tracker: string): Promise<void> {
  const signed = await portal.post('postbacks', { url: `${tracker}/signed`, secret: 'first-secret' })
  await goTo(page, 'Postbacks & pixels')
  const replace = page.getByRole('button', { name: 'New secret…' })
  await page.getByRole('table').getByRole('link', { name: 'Global Postback' }).click()
  await page.getByRole('button', { name: 'Delete' }).waitFor()
  expect(await replace.count()).toBe(0)
  await goToPath(page, `/portal/postbacks/${signed.json().id}`)
  await replace.click()
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  await page.getByText('The new secret', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByText('The secret before signs too until').waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL(/portal\/postbacks$/)
  await page.getByText(`${tracker}/pb`).first().waitFor()
  expect(await page.getByText(`${tracker}/signed`).count()).toBe(0)
}

async function signIn(page: Page): Promise<void> {
  await page.goto(DASHBOARD_URL)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(EMAIL)
  await enter(page.locator('input[type=password]'), PASSWORD)
}

async function openAccountMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account: / }).press('Enter')
  await page.getByRole('menu').waitFor()
}

/** By the keyboard. */
async function switchTo(page: Page, name: string): Promise<void> {
  await openAccountMenu(page)
  await page.getByRole('menuitemradio', { name, exact: true }).press('Enter')
}

async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
}

async function expectScreens(page: Page): Promise<void> {
  for (const [path, name] of Object.entries(SCREENS)) {
    await goToPath(page, path)
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
    expect(await page.evaluate<string[]>(UNLABELLED), path).toEqual([])
  }
}

/** Runs in every page before its own code. */
const NOTE_RINGTONES = `
  window.sawRingtones = false
  new MutationObserver(() => {
    window.sawRingtones ||= document.body?.textContent.includes('Ringtones') ?? false
  }).observe(document, { subtree: true, childList: true, characterData: true })`

/** Runs in the page: inputs that a screen reader could not name. Text, because tests are typed without a DOM. */
const UNLABELLED = `[...document.querySelectorAll('input:not([type=hidden]), textarea:not([aria-hidden]), select')]
  .filter((input) => (input.labels?.length ?? 0) === 0 && !input.ariaLabel)
  .map((input) => input.outerHTML)`
