import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Long enough for a busy machine. */
const SETTLE_MS_MAX = 20_000

/** Waits for a condition, a text in the page's own language: the content security policy lets nothing wait inside it. */
export async function untilTrue(page: Page, condition: string): Promise<void> {
  await expect
    .poll(async () => await page.evaluate<boolean>(condition), { timeout: SETTLE_MS_MAX, message: condition })
    .toBe(true)
}

/** Waits until everything on the page is loaded. */
export async function untilLoaded(page: Page): Promise<void> {
  await untilTrue(page, `document.querySelector('[aria-busy=true]') === null`)
}
