import type { BrowserContext, Locator, Page } from 'playwright-core'

/** What the browser objects to: errors, refusals of the content security policy, requests to other hosts. */
export function watch(context: BrowserContext, origin: string): string[] {
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    // 401 is how the dashboard learns that nobody is signed in yet.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
  })
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(request.url())
  })
  return complaints
}

/** From a list in the navigation to its empty form or its catalogue. */
export async function open(page: Page, list: string, action: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: list, exact: true }).click()
  await follow(page.getByRole('link', { name: action }), page.getByRole('heading', { name: action }))
}

const FOLLOW_TRIES = 3
const FOLLOW_WAIT_MS = 6_000

/** Follows a link to what it leads to. A list that is drawn anew under the mouse loses a click: people click again. */
export async function follow(link: Locator, sign: Locator): Promise<void> {
  for (let tries = 1; ; tries++) {
    await link.click()
    const arrived = sign.waitFor({ timeout: FOLLOW_WAIT_MS }).then(
      () => true,
      () => false,
    )
    if (await arrived) return
    if (tries === FOLLOW_TRIES) throw new Error('the link leads nowhere')
  }
}

export async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await page.getByRole('textbox', { name, exact: true }).fill(value)
  }
}

/** Types into a field and presses Enter there: a dialog that is still opening may hold the focus elsewhere. */
export async function enter(field: Locator, text: string): Promise<void> {
  await field.fill(text)
  await field.press('Enter')
}

export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Saves the form; the new thing then has an address of its own. */
export async function create(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.endsWith('/new'))
}
