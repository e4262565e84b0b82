import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { DEMO_OWNER } from '../../src/cli/demo/api-client.ts'
import { watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 20_000
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export type DashboardWindow = {
  readonly page: Page
  /** What the browser objected to so far. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

type Wanted = {
  /** Of an installation's dashboard. */
  readonly origin: string
  /** Where `buildDashboard` has put the files. */
  readonly webRoot: string
  readonly colorScheme?: 'light' | 'dark'
}

/** A window whose dashboard is the one built from this source, with the owner of `setUpOwner` signed in. */
export async function openAsOwner(browser: Browser, wanted: Wanted): Promise<DashboardWindow> {
  const { origin, webRoot, colorScheme = 'light' } = wanted
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme })
  context.setDefaultTimeout(STEP_MS_MAX)
  const complaints = watch(context, origin)
  await serveBuilt(context, origin, webRoot)
  const page = await context.newPage()
  await page.goto(origin)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(DEMO_OWNER.email)
  await page.locator('input[type=password]').fill(DEMO_OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').first().waitFor()
  return {
    page,
    complaints,
    close: async () => {
      await context.unrouteAll({ behavior: 'ignoreErrors' })
      await context.close()
    },
  }
}

async function serveBuilt(context: BrowserContext, origin: string, webRoot: string): Promise<void> {
  await context.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname.startsWith('/api/')) return await route.continue()
    const file = extname(pathname) === '' ? '/index.html' : pathname
    const contentType = CONTENT_TYPES[extname(file)] ?? 'text/html'
    return await route.fulfill({ body: readFileSync(join(webRoot, file)), contentType })
  })
}
