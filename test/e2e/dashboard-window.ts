import type { Browser, Page } from 'playwright-core'
import { DEMO_OWNER } from '../../src/cli/demo/api-client.ts'
import { watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 20_000

export type DashboardWindow = {
  readonly page: Page
  /** What the browser objected to so far. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

type Wanted = {
  /** Of an installation's dashboard. */
  readonly origin: string
  readonly colorScheme?: 'light' | 'dark'
}

/** A window of an installation's dashboard, with the owner of `setUpOwner` signed in. */
export async function openAsOwner(browser: Browser, wanted: Wanted): Promise<DashboardWindow> {
  const { origin, colorScheme = 'light' } = wanted
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme })
  context.setDefaultTimeout(STEP_MS_MAX)
  const complaints = watch(context, origin)
  const page = await context.newPage()
  await page.goto(origin)
  await page.getByRole('textbox', { name: 'E-mail' }).fill(DEMO_OWNER.email)
  await page.locator('input[type=password]').fill(DEMO_OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').first().waitFor()
  return {
    page,
    complaints,
    close: async () => await context.close(),
  }
}
