import chromium from '@sparticuz/chromium'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'
import { childEnvironment } from '../../config.ts'
import { recordedVisitor } from './recorded-visitors.ts'

/** What real browsers did: opened the campaign link, bought, and loaded the thank-you page's pixel. */
export type BrowserTally = { readonly sent: number; readonly answered: number; readonly bought: number }

const PIXEL_WAIT_MS = 15_000
/** A shopper's browser does not say that it is headless; one that does is counted as a bot. */
const SHOPPER = recordedVisitor(5).userAgent

/**
 * In a single process, closing a profile ends the browser; a graphics processor played by the processor draws so
 * slowly that leaving a page was seen to take twenty seconds; the others switch off what protects real visitors.
 */
const UNWANTED_ARGS: ReadonlySet<string> = new Set([
  '--single-process',
  '--in-process-gpu',
  '--ignore-gpu-blocklist',
  '--disable-web-security',
  '--disable-site-isolation-trials',
  '--allow-running-insecure-content',
])

/**
 * A headless Chromium from npm; nothing has to be installed on the system.
 * @param switches more of its command line, e.g. to test what a visitor's settings do.
 */
export async function launchBrowser(switches: readonly string[] = []): Promise<Browser> {
  chromium.setGraphicsMode = false
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args.filter((arg) => !UNWANTED_ARGS.has(arg)),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      ...switches,
    ],
    headless: true,
    // Without a language of its own, Chromium calls it "en-US@posix", which Intl refuses.
    env: childEnvironment({ LANG: 'en_US.UTF-8' }),
  })
}

type Shopper = { readonly link: string; readonly visitors: 'redirect' | 'script' }

/**
 * Walks visitors with fresh profiles from the campaign link to the thank-you page, and reloads that page once:
 * a reload must not count again.
 */
export async function buyInBrowser(browser: Browser, shoppers: readonly Shopper[]): Promise<BrowserTally> {
  let answered = 0
  let bought = 0
  for (const shopper of shoppers) {
    const context = await browser.newContext({ userAgent: SHOPPER })
    const page = await context.newPage()
    if (await open(page, shopper)) answered += 1
    const pixel = page.waitForResponse((seen) => seen.url().includes('/pixel.'), { timeout: PIXEL_WAIT_MS })
    await page.click('#buy:not([href*="{"])')
    const outcome = (await pixel).headers()['x-trailpost-outcome']
    if (outcome === 'recorded') bought += 1
    // The traffic source's own pixel, which the answer carries, is loaded before the page is left.
    await page.waitForLoadState('networkidle')
    await page.reload({ waitUntil: 'networkidle' })
    await context.close()
  }
  return { sent: shoppers.length, answered, bought }
}

/** @returns whether the tracker answered: by its redirect, or to its script. */
async function open(page: Page, { link, visitors }: Shopper): Promise<boolean> {
  if (visitors === 'redirect') {
    const response = await page.goto(link, { waitUntil: 'load' })
    return response?.ok() === true && response.request().redirectedFrom() !== null
  }
  const visit = page.waitForResponse((seen) => seen.url().includes('/tp/visit'), { timeout: PIXEL_WAIT_MS })
  await page.goto(link, { waitUntil: 'load' })
  return (await visit).ok()
}
