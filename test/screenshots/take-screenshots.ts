import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { openShowcase, type Showcase } from '../../src/cli/demo/showcase.ts'
import { PUBLIC, portalShots, type Shot, staffShots } from './screens.ts'

/**
 * `npm run screenshots [-- name …]`, names of screens or of looks: every screen, of an installation with example data, light, dark and on a phone,
 * to docs/screenshots/all, which is not committed; those that the documentation shows also to docs/screenshots.
 */
const ROOT = resolve(import.meta.dirname, '../..')
const PICTURES = join(ROOT, 'docs/screenshots')
const ALL = join(PICTURES, 'all')
/** Screens whose pictures the README shows, in which of the looks. */
const SHOWN: Readonly<Record<string, readonly Look[]>> = {
  overview: ['light', 'dark', 'mobile'],
  report: ['light'],
  campaign: ['dark'],
  visit: ['light'],
  'portal-offer': ['light'],
  'portal-global-postback': ['light'],
}

type Look = keyof typeof LOOKS
const LOOKS = {
  light: { viewport: { width: 1360, height: 880 }, colorScheme: 'light' },
  dark: { viewport: { width: 1360, height: 880 }, colorScheme: 'dark' },
  mobile: { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>

const QUIET_WAIT_MS = 10_000
/** Charts draw themselves after their data is there. */
const SETTLE_MS = 500

const asked = process.argv.slice(2)
const looks = Object.keys(LOOKS)
  .filter(isLook)
  .filter((look) => asked.includes(look) || !asked.some(isLook))
const names = asked.filter((name) => !isLook(name))
const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-screenshots-'))
try {
  execFileSync('npm', ['run', 'prepare'], { cwd: ROOT, stdio: 'inherit' })
  const showcase = await openShowcase(dataDir)
  const browser = await launchBrowser()
  try {
    const staff = (await staffShots(showcase.api)).filter(isWanted)
    const portal = (await portalShots(showcase.api)).filter(isWanted)
    for (const look of looks) {
      await takeAll(browser, showcase, { look, person: undefined, shots: PUBLIC.filter(isWanted) })
      await takeAll(browser, showcase, { look, person: showcase.owner, shots: staff })
      await takeAll(browser, showcase, { look, person: showcase.affiliate, shots: portal })
    }
  } finally {
    await browser.close()
    await showcase.stop()
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}

type Person = { readonly email: string; readonly password: string }
type Round = {
  readonly look: Look
  readonly person: Person | undefined
  readonly shots: readonly Shot[]
}

async function takeAll(
  browser: Browser,
  { installation }: Showcase,
  { look, person, shots }: Round,
): Promise<void> {
  if (shots.length === 0) return
  mkdirSync(join(ALL, look), { recursive: true })
  const context = await browser.newContext({
    ...LOOKS[look],
    locale: 'en-US',
    baseURL: installation.dashboardUrl,
  })
  try {
    if (person !== undefined) await signIn(context, installation.dashboardUrl, person)
    const page = await context.newPage()
    for (const shot of shots) await take(page, shot, look)
  } finally {
    await context.close()
  }
}

async function signIn(context: BrowserContext, origin: string, person: Person): Promise<void> {
  const answer = await context.request.post('/api/auth/sign-in/email', { data: person, headers: { origin } })
  if (!answer.ok()) throw new Error(`${person.email} can not sign in: ${answer.status()}`)
}

async function take(page: Page, { name, path }: Shot, look: Look): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached', timeout: QUIET_WAIT_MS })
  await page.waitForTimeout(SETTLE_MS)
  const file = join(ALL, look, `${name}.png`)
  await page.screenshot({ path: file })
  if (SHOWN[name]?.includes(look) === true) copyFileSync(file, join(PICTURES, `${name}-${look}.png`))
}

function isWanted({ name }: Shot): boolean {
  return names.length === 0 || names.includes(name)
}

function isLook(name: string): name is Look {
  return name in LOOKS
}
