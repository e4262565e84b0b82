import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { choose, fill, follow } from './dashboard-page.ts'
import { addAffiliate, addOffer, advertiserUrl, type NetworkRig, OWNER, startNetwork } from './network-rig.ts'

const JOURNEY_MS_MAX = 240_000
const POLL_MS = 250
const PRICES = {
  revenue: { model: 'flat', amount: '20' },
  payout: { model: 'flat', amount: '12.5' },
} as const

describe('a network and its affiliate, each in a browser', () => {
  let rig: NetworkRig

  beforeAll(async () => {
    rig = await startNetwork()
  })
  afterAll(() => rig?.close())

  it(
    'lead from an offer with approval to a conversion that the affiliate sees paid',
    async () => {
      const { api } = rig
      const offerId = await addOffer(api, 'Sleep Well', {
        ...PRICES,
        visibility: 'approval',
        approval: 'manual',
        holdDays: 0,
      })
      const { id: affiliateId, person } = await addAffiliate(api, 'Night Owl')
      const staff = await rig.open(OWNER)
      const owl = await rig.open(person)

      await apply(owl.page)
      await approveApplication(staff.page)
      await tryOffer(staff.page, offerId)
      const link = await linkOf(owl.page, offerId)
      const clickId = await clickOn(link)
      await report(await advertiserUrl(api, offerId), clickId)
      await owl.page.goto('/portal/conversions')
      await owl.page.getByRole('cell', { name: 'Pending' }).waitFor()
      await approveConversion(staff.page)
      await invoice(staff.page, affiliateId)
      await pay(staff.page)

      await owl.page.goto('/portal/balance')
      const row = owl.page.getByRole('row').filter({ hasText: '$12.50' })
      await row.getByText('Paid', { exact: true }).waitFor()
      await addWithoutClick(staff.page)
      expect(staff.complaints).toEqual([])
      expect(owl.complaints).toEqual([])
      expect(owl.answers.join('\n')).not.toContain('revenue')
    },
    JOURNEY_MS_MAX,
  )
})

/** The whole way of an affiliate's visitor, before its advertiser has put anything in place. */
async function tryOffer(page: Page, offerId: string): Promise<void> {
  await page.goto(`/offers/${offerId}/integration`)
  await page.getByRole('button', { name: 'Send a test conversion' }).click()
  await choose(page, 'By the link of', 'Night Owl')
  await page.getByRole('button', { name: 'Send it' }).click()
  await page.getByText('It works', { exact: true }).waitFor()
  const steps = await page.getByRole('dialog').getByRole('listitem').allTextContents()
  expect(steps.map((step) => step.split(':')[0])).toEqual(
    expect.arrayContaining(['Link', 'Offer', 'Postback']),
  )
}

async function apply(page: Page): Promise<void> {
  await page.goto('/portal/offers')
  await page.getByText('Apply first').waitFor()
  await follow(
    page.getByRole('link', { name: 'Sleep Well' }),
    page.getByRole('textbox', { name: 'How will you promote it?' }),
  )
  await fill(page, { 'How will you promote it?': 'By a letter to my readers.' })
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByText('waits for approval').waitFor()
}

async function approveApplication(page: Page): Promise<void> {
  await page.goto('/applications?state=pending')
  await page.getByText('By a letter to my readers.').waitFor()
  await page.getByRole('checkbox', { name: 'Choose all on this page' }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByText('1 application decided').waitFor()
}

async function linkOf(page: Page, offerId: string): Promise<string> {
  await page.goto(`/portal/offers/${offerId}`)
  await fill(page, { 'Sub id 1': 'letter' })
  const link = page.locator('code').filter({ hasText: 'sub1=letter' })
  await link.waitFor()
  return (await link.textContent()) ?? ''
}

/** Follows the link as a visitor does, and takes the click id that the advertiser is told. */
async function clickOn(link: string): Promise<string> {
  const answer = await fetch(link, {
    redirect: 'manual',
    headers: { 'user-agent': 'Mozilla/5.0 Firefox/140.0' },
  })
  expect(answer.status).toBe(302)
  return new URL(answer.headers.get('location') ?? '').searchParams.get('click') ?? ''
}

/** As the advertiser's server does; a busy machine takes the hit at once and judges it later. */
async function report(url: string, clickId: string): Promise<void> {
  const asked = new URL(url)
  const values = { cid: clickId, payout: '49', currency: 'USD', txid: 'ORDER-1' }
  for (const [name, value] of Object.entries(values)) asked.searchParams.set(name, value)
  const answer = await fetch(asked)
  expect([200, 202], await answer.text()).toContain(answer.status)
}

async function approveConversion(page: Page): Promise<void> {
  await page.goto('/conversions?status=pending')
  const row = page.getByRole('row').filter({ hasText: 'ORDER-1' })
  await row.getByRole('cell', { name: 'Night Owl' }).waitFor()
  await row.getByRole('cell', { name: '$12.50' }).waitFor()
  await row.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('As the advertiser confirmed')
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
  await dialog
    .getByText(/changed|approved|Done/i)
    .first()
    .waitFor()
  await page.goto('/conversions?status=approved')
  await page.getByRole('row').filter({ hasText: 'ORDER-1' }).waitFor()
}

async function invoice(page: Page, affiliateId: string): Promise<void> {
  await page.goto('/billing')
  const row = page.getByRole('row').filter({ has: page.locator(`a[href="/affiliates/${affiliateId}"]`) })
  // A conversion is due once its last moment of waiting is over.
  const draft = row.getByRole('button', { name: 'Draft an invoice' })
  while (!(await draft.isVisible())) {
    await page.waitForTimeout(POLL_MS)
    await page.reload()
    await row.waitFor()
  }
  await draft.click()
  await page.getByRole('heading', { name: 'Invoice 1' }).waitFor()
  await page.getByRole('button', { name: 'Make it final' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make it final' }).click()
}

async function pay(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Record its payment' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'By' }).fill('wire')
  await dialog.getByRole('textbox', { name: 'Reference' }).fill('TRANSFER-7')
  await dialog.getByRole('button', { name: /Record/ }).click()
  await page.getByText('Paid', { exact: true }).first().waitFor()
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV for paying' }).click()
  const [head, line = ''] = readFileSync(await (await file).path(), 'utf8').split('\r\n')
  expect(head).toBe('affiliate_id,affiliate,method,details,currency,amount,invoice,reference')
  expect(line).toMatch(/,wire,.*,USD,[\d.]+,1,TRANSFER-7$/)
}

/** A sale by telephone, of which no click is known. */
async function addWithoutClick(page: Page): Promise<void> {
  await page.goto('/conversions')
  await page.getByRole('button', { name: 'Add one' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Without a click').click()
  await choose(page, 'Offer', 'Sleep Well')
  await choose(page, 'Affiliate', 'Night Owl')
  await fill(page, { Transaction: 'PHONE-1' })
  await dialog.getByRole('button', { name: 'Add one' }).click()
  await dialog.getByText('Judged: Recorded').waitFor()
  await page.keyboard.press('Escape')
  const row = page.getByRole('row').filter({ hasText: 'PHONE-1' })
  await row.getByRole('cell', { name: '$12.50' }).waitFor()
}
