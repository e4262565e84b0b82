import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { findA11yProblems } from './axe.ts'
import { choose, fill } from './dashboard-page.ts'
import { type DashboardWindow, openAsOwner } from './dashboard-window.ts'

/** URLs as somebody types them who has never seen a macro. */
describe('a URL in a form', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-urls-'))
  let installation: Installation
  let browser: Browser
  let shown: DashboardWindow
  let page: Page
  const made = { network: '', source: '' }

  beforeAll(async () => {
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal' }
    installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
    const api = await setUpOwner(installation)
    made.network = await idOf(api, '/affiliate-networks', { name: 'Adds it', clickIdParam: 's2' })
    await idOf(api, '/affiliate-networks', { name: 'Adds nothing' })
    made.source = await idOf(api, '/traffic-sources', {
      name: 'Push Co',
      externalIdParam: 'cid',
      externalIdMacro: '[clickid]',
      tokens: [{ name: 'zone', param: 'z', macro: '[zone]' }],
    })
    browser = await launchBrowser()
    shown = await openAsOwner(browser, { origin: installation.dashboardUrl })
    page = shown.page
  })
  afterAll(async () => {
    await shown?.close()
    await browser?.close()
    await installation?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const url = () => page.getByRole('textbox', { name: 'Offer URL', exact: true })

  it('is told of a misspelt macro, which one press corrects', async () => {
    await page.goto(`${installation.dashboardUrl}/offers/new`)
    await url().fill('https://shop.example/?c={clikid}&t={country}')
    await page.getByText('Unknown macro {clikid}; did you mean {clickid}?').waitFor()
    await page.getByRole('button', { name: 'Write {clickid}' }).click()
    await expect.poll(() => url().inputValue()).toBe('https://shop.example/?c={clickid}&t={country}')
    await page.getByText('Nothing is wrong with it.').waitFor()
  })

  it('says what each macro becomes, and shows the whole with examples', async () => {
    await page.getByRole('button', { name: '{clickid}. An id: our id of the click' }).waitFor()
    await url().focus()
    await page.keyboard.press('Tab')
    await page.getByRole('tooltip').getByText('For example 01jd0m3v8kq4x7t2b9n5c6w1za').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('tooltip').getByText('The visitor: country of the visitor').waitFor()
    await page.getByText('https://shop.example/?c=01jd0m3v8kq4x7t2b9n5c6w1za&t=DE').waitFor()
    await page.getByText('What its 2 macros become').click()
    await page.getByRole('row', { name: /{country} The visitor country of the visitor DE/ }).waitFor()
    expect(await findA11yProblems(page)).toEqual([])
  })

  it('has every macro and modifier at hand, and takes one where the cursor is, by keys alone', async () => {
    await url().fill('https://shop.example/?c=&t=1')
    await url().evaluate((input) => Reflect.get(input, 'setSelectionRange').call(input, 24, 24))
    const summary = page.getByText('Macros and modifiers').first()
    await summary.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Find a macro' }).fill('our id of the click')
    const clickId = page.getByRole('button', { name: 'Insert {clickid}', exact: true })
    await clickId.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => url().inputValue()).toBe('https://shop.example/?c={clickid}&t=1')
    await page.getByRole('textbox', { name: 'Find a macro' }).fill('')
    await page.getByRole('listitem').filter({ hasText: '{country|lower}' }).getByText('→ de').waitFor()
    expect(await page.getByRole('button', { name: 'Insert {payout}', exact: true }).count()).toBe(0)
    expect(await findA11yProblems(page)).toEqual([])
    await summary.click()
  })

  it('is told that no click id goes along, unless the network’s parameter is added by itself', async () => {
    await url().fill('https://shop.example/?x=1')
    const missing = page.getByText('No parameter carries the click id')
    await missing.waitFor()
    await choose(page, 'Affiliate network', 'Adds it')
    await missing.waitFor({ state: 'detached' })
    await page.getByText('“s2” with our click id is added to it by itself.').waitFor()
    await page.getByText('https://shop.example/?x=1&s2=01jd0m3v8kq4x7t2b9n5c6w1za').waitFor()
  })

  it('is told of everything that is wrong with its characters, each with its own correction', async () => {
    await url().fill('http://shop.example/?c={clickid}?n=a%2520b')
    await page.getByText('A second ? is a part of the value before it').waitFor()
    await page.getByRole('button', { name: 'Write &' }).click()
    await page.getByRole('button', { name: 'Write %20' }).click()
    await page.getByRole('button', { name: 'Write https' }).click()
    await expect.poll(() => url().inputValue()).toBe('https://shop.example/?c={clickid}&n=a%20b')
    await page.getByText('Nothing is wrong with it.').waitFor()
  })

  it('of a traffic source grows with its parameters as they are typed', async () => {
    await page.goto(`${installation.dashboardUrl}/traffic-sources/${made.source}`)
    const link = page.getByText('https://…/c/…?cid=w8JZ4kQ2&z=17')
    await link.waitFor()
    await fill(page, { 'Cost parameter': 'price', 'Macro of the price': '[bid]' })
    await page.getByRole('button', { name: '[bid]. Theirs: what the visit costs' }).waitFor()
    await page.getByText('https://…/c/…?cid=w8JZ4kQ2&price=0.04&z=17').waitFor()
  })

  it('of a network’s postback says what stands in it', async () => {
    await page.goto(`${installation.dashboardUrl}/affiliate-networks/${made.network}`)
    await page.getByRole('button', { name: /^{click_id}\. Theirs: filled by Adds it/ }).waitFor()
    expect(await findA11yProblems(page)).toEqual([])
    expect(shown.complaints).toEqual([])
  })

  it('carries headers whose values are set once and never shown again', async () => {
    await page.goto(`${installation.dashboardUrl}/traffic-sources/${made.source}`)
    await page.getByRole('button', { name: 'Add a call' }).click()
    await fill(page, { 'Postback URL of the source': 'https://push.example/pb?id={externalid}&p={payout}' })
    await page.getByText('Conditions and headers').click()
    await page.getByRole('button', { name: 'Add a header' }).click()
    await fill(page, { 'Name of header 1': 'X-Api-Key', 'Value of header 1': 'k-123' })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.reload()
    const value = page.getByRole('textbox', { name: 'Value of header 1' })
    await value.waitFor()
    expect(await value.inputValue()).toBe('')
    expect(await value.getAttribute('placeholder')).toBe('Set: leave empty to keep it')
    expect(await page.getByRole('textbox', { name: 'Name of header 1' }).inputValue()).toBe('x-api-key')
  })

  it('is as legible in the dark', async () => {
    const dark = await openAsOwner(browser, {
      origin: installation.dashboardUrl,
      colorScheme: 'dark',
    })
    await dark.page.goto(`${installation.dashboardUrl}/offers/new`)
    const field = dark.page.getByRole('textbox', { name: 'Offer URL', exact: true })
    await field.fill(
      'http://shop.example/?c={clickid}&p={payout}&e={event}&z={sub1}&n={offer.name}&t={country}&x={{y}}',
    )
    await dark.page.getByText('Everybody on the way').waitFor()
    expect(await findA11yProblems(dark.page)).toEqual([])
    await dark.close()
  })
})
