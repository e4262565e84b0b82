import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { findA11yProblems, findPaleTexts } from './axe.ts'
import { watch } from './dashboard-page.ts'
import { untilLoaded, untilTrue } from './settled.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 30_000
/** Sixty screens, each judged twice. */
const AXE_MS_MAX = 600_000
const EMAIL = 'ada@example.com'
const PASSWORD = 'correct horse battery'
const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }

/** What every screen shares: the shell around it, and how it behaves for everybody. */
describe('the shell of the dashboard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-shell-'))
  let installation: Installation
  let browser: Browser
  let complaints: string[] = []
  let ids: Readonly<Record<string, string>> = {}

  beforeAll(async () => {
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    ids = await fillWorkspace(installation)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A window on the dashboard, with the owner signed in. */
  async function openPage(path: string): Promise<Page> {
    const origin = installation.dashboardUrl
    const context = await browser.newContext({
      viewport: DESKTOP,
      locale: 'en-US',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(STEP_MS_MAX)
    complaints = watch(context, origin)
    const page = await context.newPage()
    await page.goto(origin + path)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.keyboard.type(EMAIL)
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    return page
  }

  it('is used by the keyboard alone, from signing in to undoing an archive', async () => {
    const page = await openPage('/')
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()

    await openPalette(page)
    await page.keyboard.type('campaigns')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor()

    await page.keyboard.press('g')
    await page.keyboard.press('w')
    await page.getByRole('heading', { level: 1, name: 'Landers' }).waitFor()
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Name' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('By keys')
    await page.keyboard.press('Tab')
    await page.keyboard.type('https://landers.example.com/keys')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'By keys' }).waitFor()

    await tabTo(page, 'Archive')
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline, 'the focus is seen').toBe('solid')
    await page.keyboard.press('Enter')
    await page.getByText('“By keys” is archived').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByRole('link', { name: 'By keys' }).waitFor()
    await page.getByText('Undone').waitFor()
    expect(complaints).toEqual([])
  })

  it('finds a thing by its name and a visit by its id, and keeps letters that are typed into fields', async () => {
    const page = await openPage('/landers')
    await page.keyboard.press('/')
    await page.keyboard.type('gno?')
    await page.waitForURL((url) => url.search === '?q=gno%3F')
    await openPalette(page)
    await page.keyboard.type('sleep')
    await page.getByText('Sleep push, 1 of ').waitFor({ state: 'attached' })
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Sleep push' }).waitFor()

    await openPalette(page)
    await page.keyboard.type('06h07g5qy001phm2ft03p7g030')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/visits/06h07g5qy001phm2ft03p7g030')
  })

  it('asks before a changed form is left, and not when it is saved', async () => {
    const page = await openPage(`/landers/${ids.landers}`)
    await page.getByRole('textbox', { name: 'Name' }).fill('Warm up two')
    await page.getByRole('link', { name: 'Offers', exact: true }).click()
    await page.getByRole('button', { name: 'Stay here' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Offers', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Offers' }).waitFor()
  })

  it('restores what is archived from the list of it', async () => {
    const page = await openPage('/offers?archived=true')
    await page.getByRole('button', { name: 'Restore Out of use' }).click()
    await page.getByText('“Out of use” is in use again').waitFor()
    await page.getByRole('switch', { name: 'Archived' }).click()
    await page.getByRole('link', { name: 'Out of use' }).waitFor()
  })

  it(
    'has nothing that axe objects to on any screen in light and dark, and fits a phone',
    async () => {
      const page = await openPage('/report')
      const problems: Record<string, readonly string[]> = {}
      for (const path of addresses(ids)) {
        await page.evaluate(`history.pushState(null, '', '${path}'); document.activeElement?.blur()`)
        const found = await judge(page)
        if (found.length > 0) problems[path] = found
      }
      expect(problems).toEqual({})
    },
    AXE_MS_MAX,
  )
})

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search and commands' }).and(page.locator(':focus')).waitFor()
}

/** Nothing is on its way to where it will stand; what pulses for ever does not count. */
const NOTHING_MOVES = `document.getAnimations().every((each) => each.effect?.getComputedTiming().endTime === Infinity)`

/** A light, a dark and a narrow look at the screen that is shown. */
async function judge(page: Page): Promise<readonly string[]> {
  await page.locator('main h1').first().waitFor()
  await untilLoaded(page)
  const light = await findA11yProblems(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await findPaleTexts(page)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(PHONE)
  await untilTrue(page, NOTHING_MOVES)
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  await page.setViewportSize(DESKTOP)
  return [
    ...light,
    ...dark.map((problem) => `dark: ${problem}`),
    ...(width > PHONE.width ? [`a phone scrolls it sideways: ${width} px`] : []),
  ]
}

/** Every address of the staff, read from where they are listed; those of one thing lead to the one that exists. */
function addresses(ids: Readonly<Record<string, string>>): readonly string[] {
  const folder = resolve(import.meta.dirname, '../../web/src')
  const lists = readdirSync(folder).filter((file) => /^screens.*\.ts$/.test(file))
  const patterns = lists.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/\[\s*'(\/[^']*)',/g)].map(
      (match) => match[1] ?? '',
    ),
  )
  const found = [...new Set(patterns)].flatMap((pattern) => {
    if (!pattern.includes(':')) return [pattern]
    const [, kind = ''] = pattern.split('/')
    const id = ids[kind]
    return id === undefined || !pattern.endsWith(`/${kind}/:id`) ? [] : [`/${kind}/${id}`, `/${kind}/new`]
  })
  expect(found.length).toBeGreaterThan(30)
  return found
}

/** Presses Tab until the button of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate<string>('document.activeElement?.textContent ?? ""')
    if (focused === name) return
  }
  throw new Error(`Tab never reaches "${name}"`)
}

/** The owner, and one thing of each kind. @returns their ids by the first part of their address. */
async function fillWorkspace({ dashboardUrl: origin, setupUrl }: Installation) {
  let cookie = ''
  const call = async (method: string, path: string, body?: object): Promise<{ id: string }> => {
    const given = body === undefined ? {} : { body: JSON.stringify(body) }
    const headers = { origin, cookie, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(origin + path, { method, headers, ...given })
    const cookies = answer.headers.getSetCookie().map((each) => each.split(';')[0])
    if (cookies.length > 0) cookie = cookies.join('; ')
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`)
    return text === '' ? { id: '' } : JSON.parse(text)
  }
  const create = async (kind: string, body: object) => (await call('POST', `/api/v1/${kind}`, body)).id
  const token = new URL(setupUrl).searchParams.get('token')
  const owner = { token, name: 'Ada', email: EMAIL, password: PASSWORD, workspaceName: 'Analytical Media' }
  await call('POST', '/api/v1/setup', { ...owner, currency: 'USD', timeZone: 'Europe/Berlin' })
  await call('POST', '/api/auth/sign-in/email', { email: EMAIL, password: PASSWORD })
  const source = await create('traffic-sources', { name: 'PropellerAds' })
  const network = await create('affiliate-networks', { name: 'MaxBounty', clickIdParam: 's2' })
  const offer = await create('offers', { name: 'Sleep Well', url: 'https://offers.example.com/?o=1' })
  const archived = await create('offers', { name: 'Out of use', url: 'https://offers.example.com/?o=2' })
  await call('DELETE', `/api/v1/offers/${archived}`)
  const paths = [{ weight: 1, landers: [], offers: [{ id: offer, weight: 1 }] }]
  return {
    'traffic-sources': source,
    'affiliate-networks': network,
    offers: offer,
    landers: await create('landers', { name: 'Warm up', url: 'https://landers.example.com/' }),
    campaigns: await create('campaigns', { name: 'Sleep push', trafficSourceId: source, paths }),
    flows: await create('flows', { name: 'Everywhere', paths }),
    events: await create('events', { name: 'deposit' }),
    domains: await create('domains', { name: 'go.example.com' }),
    advertisers: await create('advertisers', { name: 'Sleep Inc.' }),
    affiliates: await create('affiliates', { name: 'Grace', email: 'grace@example.com' }),
  }
}
