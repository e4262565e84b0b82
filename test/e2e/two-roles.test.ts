import type { APIResponse, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { field, idOf } from '../../src/cli/demo/api-client.ts'
import { findA11yProblems, findPaleTexts } from './axe.ts'
import { enter } from './dashboard-page.ts'
import {
  addAffiliate,
  addOffer,
  type NetworkRig,
  OWNER,
  PASSWORD,
  startNetwork,
  type Window,
} from './network-rig.ts'
import { untilLoaded, untilTrue } from './settled.ts'

const JOURNEY_MS_MAX = 300_000
/** axe reads every page twice. */
const LOOKS_MS_MAX = 600_000
/** What nobody of the two may read: another affiliate's name and words, and what the advertiser pays. */
const SECRET = 'SECRET-RIVAL'
const REVENUE = '77.123456'
const PHONE = { width: 390, height: 844 }

const PORTAL = [
  '/portal/overview',
  '/portal/offers',
  '/portal/global-postback',
  '/portal/postbacks',
  '/portal/postbacks/new',
  '/portal/postback-log',
  '/portal/conversions',
  '/portal/reports',
  '/portal/reports?by=offer,sub1',
  '/portal/balance',
  '/portal/api-keys',
]
const NETWORK = [
  '/affiliates',
  '/affiliates?status=pending',
  '/applications',
  '/pixel-moderation',
  '/pixel-moderation?moderation=approved',
  '/billing',
  '/billing?side=advertiser',
  '/offers',
  '/conversions',
]
const STAFFS_OF_NETWORK = [
  '/affiliates',
  '/applications',
  '/pixel-moderation',
  '/advertisers',
  '/billing',
  '/billing/invoices',
  '/billing/payments',
  '/reconciliations',
]
/** Of the staff alone: an affiliate and its manager find nothing there. */
const STAFFS = ['/report', '/campaigns', '/advertisers', '/billing/invoices', '/reconciliations', '/settings']

describe('people of one network who must not see each other’s data', () => {
  let rig: NetworkRig
  const ids = { rival: '', own: '', offer: '', advertiser: '', rivalKey: '' }
  const owl = { email: '', password: PASSWORD }
  const manager = { email: 'manager@example.com', password: PASSWORD }
  const viewer = { email: 'viewer@example.com', password: PASSWORD }

  beforeAll(async () => {
    rig = await startNetwork()
    const { api } = rig
    const managerId = await idOf(api, '/members', { ...manager, name: 'Ann', role: 'affiliate_manager' })
    await idOf(api, '/members', { ...viewer, name: 'Vera', role: 'viewer' })
    const prices = { revenue: { model: 'flat', amount: REVENUE }, payout: { model: 'flat', amount: '12.5' } }
    ids.offer = await addOffer(api, 'Sleep Well', { ...prices, protocol: 'iframe' })
    const own = await addAffiliate(api, 'Night Owl', { managerId })
    const rival = await addAffiliate(api, SECRET)
    Object.assign(ids, { own: own.id, rival: rival.id })
    Object.assign(owl, own.person)
    for (const id of [own.id, rival.id]) await decorate(rig, id, id === rival.id ? SECRET : 'OWN')
  }, JOURNEY_MS_MAX)
  afterAll(() => rig?.close())

  it(
    'an affiliate reads its own on every page, nothing of another one, and no revenue',
    async () => {
      const window = await rig.open(owl)
      await walk(window, [...PORTAL, `/portal/offers/${ids.offer}`])
      await walk(window, [...STAFFS, '/affiliates', '/applications'])
      expectNothingOf(window)
      await expectRefused(window, [
        '/affiliates',
        `/affiliates/${ids.rival}`,
        `/affiliates/${ids.own}/offers`,
        '/network-offers',
        '/balances',
        '/invoices',
        '/conversions',
        `/offers/${ids.offer}`,
        '/pixel-moderation',
      ])
      expect(window.complaints.filter((each) => !/40[34]/.test(each))).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it(
    'an affiliate manager reads of its own affiliates, nothing of others, and no revenue',
    async () => {
      const window = await rig.open(manager)
      const own = ['overview', 'offers', 'tracking', 'details'].map(
        (tab) => `/affiliates/${ids.own}?tab=${tab}`,
      )
      await walk(window, [...NETWORK, ...own])
      await walk(window, STAFFS)
      await walk(window, [`/affiliates/${ids.rival}`, `/affiliates/${ids.rival}?tab=tracking`])
      expectNothingOf(window)
      await expectRefused(window, [
        `/affiliates/${ids.rival}`,
        `/affiliates/${ids.rival}/offers`,
        `/affiliates/${ids.rival}/balance`,
        `/affiliates/${ids.rival}/api-keys`,
        `/affiliates/${ids.rival}/users`,
        '/offers',
        `/offers/${ids.offer}`,
        `/offers/${ids.offer}/integration`,
        '/coupons',
        '/balance-adjustments',
        '/advertisers',
        '/invoices',
      ])
    },
    JOURNEY_MS_MAX,
  )

  it(
    'the network looks at a portal as its affiliate sees it, can change nothing there, and comes back',
    async () => {
      const window = await rig.open(manager)
      const { page } = window
      await show(page, `/affiliates/${ids.own}`)
      await page.getByRole('button', { name: 'See the portal as this affiliate' }).press('Enter')
      const banner = page.getByRole('region', { name: 'Whose portal this is' })
      await banner.getByText('You look at the portal of Night Owl. Nothing can be changed here.').waitFor()
      await page.waitForURL(/portal\/overview/)
      await walk(window, ['/portal/offers', '/portal/postbacks', '/portal/reports', '/portal/balance'])
      expectNothingOf(window)
      expect(await lookAtAll(page, ['/portal/overview'])).toEqual([])

      await show(page, '/portal/api-keys')
      await page.getByRole('button', { name: 'New API key' }).click()
      const dialog = page.getByRole('dialog')
      await enter(dialog.getByRole('textbox'), 'mine')
      await dialog.getByRole('alert').getByText('Nothing can be changed here.').waitFor()
      // Their own account is no part of the affiliate's portal.
      await show(page, '/settings/account')
      await page.getByRole('heading', { name: 'There is nothing here' }).first().waitFor()

      await banner.getByRole('button', { name: 'Back to the affiliate' }).press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Night Owl' }).waitFor()
      expect(await banner.count()).toBe(0)
      await page.getByRole('navigation').getByRole('link', { name: 'Affiliates' }).waitFor()

      const viewers = await rig.open(viewer)
      await show(viewers.page, `/affiliates/${ids.own}`)
      expect(await viewers.page.getByRole('button', { name: 'See the portal' }).count()).toBe(0)
    },
    LOOKS_MS_MAX,
  )

  it(
    'a viewer finds nothing to change, and is refused when it asks the API',
    async () => {
      const { page, context } = await rig.open(viewer)
      for (const path of [
        `/affiliates/${ids.own}`,
        `/affiliates/${ids.own}?tab=offers`,
        '/affiliates',
        '/applications',
        '/pixel-moderation',
        '/advertisers',
        '/billing',
        '/reconciliations',
      ]) {
        await show(page, path)
        const deeds = page.getByRole('main').getByRole('button', {
          name: /^(Approve|Reject|Pause|Close|Archive|New|Bonus|Draft|Save|Add|Compare)/,
        })
        expect(await deeds.count(), path).toBe(0)
      }
      const origin = rig.installation.dashboardUrl
      for (const path of [
        `/affiliates/${ids.own}/status`,
        '/coupons',
        '/applications/decide',
        '/invoices/run',
      ]) {
        const answer = await context.request.post(`/api/v1${path}`, { data: {}, headers: { origin } })
        expect([path, answer.status()]).toEqual([path, 403])
      }
    },
    JOURNEY_MS_MAX,
  )

  it(
    'every page of the network can be used by everybody, light, dark and on a phone',
    async () => {
      const { page } = await rig.open(OWNER)
      const own = ['overview', 'offers', 'tracking', 'details'].map(
        (tab) => `/affiliates/${ids.own}?tab=${tab}`,
      )
      expect(
        await lookAtAll(page, [...STAFFS_OF_NETWORK, ...own, `/offers/${ids.offer}/integration`]),
      ).toEqual([])
    },
    LOOKS_MS_MAX,
  )

  it(
    'every page of the portal can be used by everybody, light, dark and on a phone',
    async () => {
      const { page } = await rig.open(owl)
      expect(await lookAtAll(page, [...PORTAL, `/portal/offers/${ids.offer}`])).toEqual([])
    },
    LOOKS_MS_MAX,
  )
})

/** What an affiliate has of its own: a pixel, a key, a booking; all carry its mark. */
async function decorate({ api, installation }: NetworkRig, id: string, mark: string): Promise<void> {
  const key = String(field(await api.post(`/affiliates/${id}/api-keys`, { name: mark }), 'key'))
  const answer = await fetch(`${installation.dashboardUrl}/api/v1/portal/postbacks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'script', code: `<script>/* ${mark} */</script>` }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  await api.post('/balance-adjustments', { side: 'affiliate', partyId: id, amount: '9', reason: mark })
}

/** Opens each page until it has loaded. */
async function walk({ page }: Window, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await show(page, path)
    const text = await page.locator('body').textContent()
    expect(text, path).not.toContain(SECRET)
    expect(text, path).not.toContain('77.12')
  }
}

async function show(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await untilLoaded(page)
}

function expectNothingOf({ answers }: Window): void {
  expect(answers.length).toBeGreaterThan(20)
  const all = answers.join('\n')
  expect(all).not.toContain(SECRET)
  expect(all).not.toContain(REVENUE)
}

async function expectRefused({ context }: Window, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const answer: APIResponse = await context.request.get(`/api/v1${path}`)
    expect([403, 404], `${path}: ${await answer.text()}`).toContain(answer.status())
    expect(await answer.text()).not.toContain(SECRET)
  }
}

/** What axe objects to in both colour schemes, and which pages are wider than a phone. */
async function lookAtAll(page: Page, paths: readonly string[]): Promise<readonly string[]> {
  const problems: string[] = []
  const size = page.viewportSize() ?? PHONE
  for (const path of paths) {
    await show(page, path)
    problems.push(...(await findA11yProblems(page)).map((problem) => `${path} ${problem}`))
    await page.emulateMedia({ colorScheme: 'dark' })
    problems.push(...(await findPaleTexts(page)).map((problem) => `${path} dark ${problem}`))
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(PHONE)
    await untilTrue(page, 'document.documentElement.scrollWidth <= innerWidth').catch(() =>
      problems.push(`${path} is wider than a phone`),
    )
    await page.setViewportSize(size)
  }
  return problems
}
