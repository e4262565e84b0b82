import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, DEMO_OWNER, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { authenticatorOf, totpOf } from '../support/totp.ts'
import { findA11yProblems, findPaleTexts } from './axe.ts'
import { enter } from './dashboard-page.ts'
import { type DashboardWindow, openAsOwner } from './dashboard-window.ts'

const JOURNEY_MS_MAX = 180_000
const VIEWER = { name: 'Vera', email: 'vera@example.com', password: 'another long password' }
const TABS = [
  ...(['account', 'workspace', 'network', 'members', 'api-keys', 'webhooks', 'alerts'] as const),
  ...(['retention', 'audit-log', 'system'] as const),
]

describe('the settings in a browser', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-settings-'))
  let installation: Installation
  let api: ApiClient
  let browser: Browser
  /** Of all tests: who signs in more than twenty times a minute is asked to wait. */
  let own: DashboardWindow

  beforeAll(async () => {
    installation = await startInstallation({ dataDir, edges: 1 })
    api = await setUpOwner(installation)
    browser = await launchBrowser()
    own = await openAsOwner(browser, { origin: installation.dashboardUrl })
  }, JOURNEY_MS_MAX)
  afterAll(async () => {
    await browser?.close()
    await installation?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  async function goTo(page: Page, tab: string): Promise<void> {
    await page.goto(`${installation.dashboardUrl}/settings/${tab}`, { waitUntil: 'commit' })
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
  }

  it(
    'the audit log says who changed what from what to what, and keeps its filters in the address',
    async () => {
      const offer = await idOf(api, '/offers', { name: 'Sleep', url: 'https://shop.example/?c={clickid}' })
      await api.patch(`/offers/${offer}`, { name: 'Sleep Well', countries: ['DE'] })
      await idOf(api, '/landers', { name: 'Quiz', url: 'https://quiz.example/' })
      const { page } = own
      await goTo(page, 'audit-log')
      const change = page.getByRole('listitem').filter({ hasText: 'Offer “Sleep Well” changed' })
      await change.getByText('API key demo').waitFor()
      expect(await change.locator('del').allTextContents()).toEqual(['Sleep'])
      expect(await change.locator('ins').allTextContents()).toEqual(['Sleep Well', 'Germany'])

      await page.getByRole('combobox', { name: 'Kind of thing' }).click()
      await page.getByRole('option', { name: 'Lander', exact: true }).click()
      await page.getByText('Lander “Quiz”').waitFor()
      await page.waitForURL(/subjectType=lander/)
      await page.reload({ waitUntil: 'commit' })
      await page.getByText('Lander “Quiz”').waitFor()
      expect(await page.getByText('Offer “Sleep Well”').count()).toBe(0)
    },
    JOURNEY_MS_MAX,
  )

  it(
    'the system page says what runs and what its checks found',
    async () => {
      const { page } = own
      await goTo(page, 'system')
      const checks = page.getByRole('listitem')
      await checks
        .filter({ hasText: 'sql' })
        .getByText(/SQLite answers/)
        .waitFor()
      await checks
        .filter({ hasText: 'ledger' })
        .getByText(/chDB answers/)
        .waitFor()
      await page.getByText('1, all up to date').waitFor()
      await page.getByText(`SQLite, ${dataDir}/trailpost.db`).waitFor()
    },
    JOURNEY_MS_MAX,
  )

  it(
    'every part can be used by everybody, in both schemes',
    async () => {
      const { page, complaints } = own
      const problems: string[] = []
      for (const tab of TABS) {
        await goTo(page, tab)
        problems.push(...(await findA11yProblems(page)).map((problem) => `${tab}: ${problem}`))
        await page.emulateMedia({ colorScheme: 'dark' })
        problems.push(...(await findPaleTexts(page)).map((problem) => `${tab}, dark: ${problem}`))
        await page.emulateMedia({ colorScheme: 'light' })
      }
      expect(problems).toEqual([])
      expect(complaints).toEqual([])
    },
    JOURNEY_MS_MAX,
  )

  it(
    'a viewer sees neither people nor keys, and the API refuses both',
    async () => {
      await api.post('/members', { ...VIEWER, role: 'viewer' })
      const { page } = own
      await signOut(page)
      await signIn(page, VIEWER)
      await goTo(page, 'api-keys')
      const parts = page.getByRole('navigation', { name: 'Settings' }).getByRole('link')
      await expect
        .poll(() => parts.allTextContents())
        .toEqual(['Your account', 'General', 'Network', 'Domains', 'Events', 'Alerts', 'Data and retention'])
      expect(await page.getByText('New API key').count()).toBe(0)
      for (const path of ['api-keys', 'members', 'audit-log', 'system']) {
        expect([path, await statusOf(page, `/api/v1/${path}`)]).toEqual([path, 403])
      }
    },
    JOURNEY_MS_MAX,
  )

  it(
    'two-factor sign-in is turned on, asked for, refuses a wrong code and takes a backup code once',
    async () => {
      const { page } = own
      await signOut(page)
      await signIn(page, DEMO_OWNER)
      await goTo(page, 'account')
      const { uri, nextCode, codes } = await turnOn(page)
      const [backupCode = ''] = codes

      await signOut(page)
      await signIn(page, DEMO_OWNER)
      await enterCode(page, wrongCode(uri))
      await page.getByText('This code is not right').waitFor()
      await enterCode(page, await nextCode())
      await page.getByRole('navigation', { name: 'Main' }).waitFor()

      await forgetSession(page)
      await signIn(page, DEMO_OWNER)
      await page.getByRole('button', { name: 'Use a backup code' }).click()
      await enterCode(page, backupCode)
      await page.getByRole('navigation', { name: 'Main' }).waitFor()

      await forgetSession(page)
      await signIn(page, DEMO_OWNER)
      await page.getByRole('button', { name: 'Use a backup code' }).click()
      await enterCode(page, backupCode)
      await page.getByText('it was used before').waitFor()
      expect(await findA11yProblems(page)).toEqual([])

      await page.getByRole('button', { name: 'Use the authenticator app' }).click()
      await enterCode(page, await nextCode())
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      await turnOff(page)
    },
    JOURNEY_MS_MAX,
  )

  async function turnOn(page: Page) {
    const asked = page.waitForResponse(/two-factor\/enable/)
    await page.getByRole('button', { name: 'Turn on' }).click()
    const dialog = page.getByRole('dialog')
    await enter(dialog.getByLabel('Your password'), DEMO_OWNER.password)
    const { totpURI: uri }: { totpURI: string } = await (await asked).json()
    const nextCode = authenticatorOf(uri)
    await dialog.getByRole('img', { name: /QR code/ }).waitFor()
    expect(await findA11yProblems(page)).toEqual([])
    await enter(dialog.getByLabel('Code that the app shows'), await nextCode())
    const list = dialog.getByRole('list', { name: 'Backup codes' })
    await list.waitFor()
    const codes = await list.getByRole('listitem').allTextContents()
    expect(codes).toHaveLength(10)
    await dialog.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Turn off' }).waitFor()
    return { uri, nextCode, codes }
  }

  async function turnOff(page: Page): Promise<void> {
    await goTo(page, 'account')
    await page.getByRole('button', { name: 'Turn off' }).click()
    const dialog = page.getByRole('dialog')
    await enter(dialog.getByLabel('Your password'), DEMO_OWNER.password)
    await page.getByRole('button', { name: 'Turn on' }).waitFor()
  }
})

/** As the shell does it, whatever it looks like. */
async function signOut(page: Page): Promise<void> {
  await page.evaluate(`fetch('/api/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })`)
  await page.reload({ waitUntil: 'commit' })
}

/** As a browser does that is used for the first time. */
async function forgetSession(page: Page): Promise<void> {
  await page.context().clearCookies()
  await page.reload({ waitUntil: 'commit' })
}

type Credentials = { readonly email: string; readonly password: string }

async function signIn(page: Page, { email, password }: Credentials): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
  const answered = page.waitForResponse(/sign-in\/email/)
  await enter(page.locator('input[type=password]'), password)
  expect((await answered).status()).toBe(200)
}

async function enterCode(page: Page, code: string): Promise<void> {
  await enter(page.getByRole('textbox', { name: /Code of your authenticator app|Backup code/ }), code)
}

/** None of those that are right now, or are about to be. */
function wrongCode(uri: string): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => totpOf(uri, Date.now() + steps * 30_000))
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code)) ?? ''
  )
}

async function statusOf(page: Page, path: string): Promise<number> {
  return await page.evaluate<number>(`fetch(${JSON.stringify(path)}).then(({ status }) => status)`)
}
