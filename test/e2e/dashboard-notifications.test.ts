import type { AddressInfo } from 'node:net'
import type { Insertable } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { runJobs } from '../../src/conversions/run-jobs.ts'
import { createGuard } from '../../src/delivery/guard.ts'
import { createReplayJob, REPLAY_JOB } from '../../src/delivery/replay-job.ts'
import { type DeliveryWorker, runDeliveryWorker } from '../../src/delivery/worker.ts'
import type { Store } from '../../src/store/open-store.ts'
import type { Database } from '../../src/store/schema.ts'
import { DASHBOARD_URL, openTestApi, PASSWORD, type TestApi } from '../contract/api-harness.ts'
import { useStores } from '../support/databases.ts'
import { enqueueCalls, openSink } from '../support/delivery-queue.ts'
import { TEST_VAULT } from '../support/test-vault.ts'
import { choose, create, enter, fill, open, watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 15_000
const JOURNEY_MS_MAX = 150_000
const POLL_MS = 50
/** After so many a delivery is given up. */
const ATTEMPTS_MAX = 10
/** Addresses and their headings. */
const SCREENS = {
  '/deliveries': 'Deliveries',
  '/deliveries?state=pending': 'Deliveries',
  '/notification-targets': 'Notification targets',
  '/alerts': 'Alerts',
  '/alerts?state=all': 'Alerts',
  '/explain-url': 'Explain a URL',
  '/live': 'Live',
  '/settings/alerts': 'Settings',
  '/settings/retention': 'Settings',
  '/settings/webhooks': 'Settings',
}

describe('notifications looked after in a browser', () => {
  const stores = useStores('sqlite')
  const webRoot = inject('webRoot')
  const stop = new AbortController()
  const closing: (() => Promise<unknown>)[] = []
  let receiverStatus = 500
  let worker: DeliveryWorker | undefined
  let api: TestApi
  let browser: Browser
  let page: Page
  let complaints: string[] = []
  let receiver: Awaited<ReturnType<typeof openSink>>

  afterAll(async () => {
    await browser?.close()
    stop.abort()
    for (const close of closing.toReversed()) await close()
  })

  /** An installation that sends and works off jobs, and a browser window on it. */
  async function openDashboard(): Promise<void> {
    receiver = await openSink((_request, response) => response.writeHead(receiverStatus).end('it says so'))
    closing.push(() => receiver.close())
    api = await openTestApi(stores, { webRoot, wakeDelivery: () => worker?.wake() })
    closing.push(() => api.app.close())
    const sending = runWorker(api.store, stop.signal)
    const jobs = runReplays(api.store, stop.signal, () => sending.wake())
    worker = sending
    closing.push(() => Promise.all([sending.done, jobs]))
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo // it listens on TCP
    // The page believes to be at the configured address; an answer without an end passes as it comes.
    const { host } = new URL(DASHBOARD_URL)
    browser = await launchBrowser([`--host-resolver-rules=MAP ${host} 127.0.0.1:${port}`])
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(STEP_MS_MAX)
    complaints = watch(context, DASHBOARD_URL)
    page = await context.newPage()
  }

  it(
    'leads from a failing target over its attempts to what is sent again, and to a channel of alerts',
    async () => {
      await openDashboard()
      const { workspace } = await api.owner('ada@example.com')
      await signIn(page)
      await createSource(page, `${receiver.url}/pb?id={externalid}`)
      const { id: targetId } = await api.store.db
        .selectFrom('notification_targets')
        .select('id')
        .executeTakeFirstOrThrow()
      const call = { workspace, target_id: targetId, url: `${receiver.url}/pb?id=1` }
      await enqueueCalls(api.store, [
        { ...call, id: 'first', click_id: 'click-1', attempts: ATTEMPTS_MAX - 1 },
        { ...call, id: 'second', state: 'dead', reason: 'used up', attempts: 1 },
      ])
      await addAttempt(api.store, { workspace, delivery_id: 'second', n: 1, response_status: 500 })
      worker?.wake()

      await seeAttempts(page)
      await seeHealth(page)
      receiverStatus = 200
      await replayOne(page)
      await replayAll(page)
      expect(receiver.received.map(({ id }) => id)).toEqual(['first', 'first', 'second'])

      await pauseAndResume(page)
      await testTarget(page)
      await createChannel(page, `${receiver.url}/alerts`)
      expect(receiver.received.at(-1)?.url).toBe('/alerts')

      await followLive(page, () => enqueueCalls(api.store, [{ ...call, id: 'third' }]))
      await explainUrl(page)
      await expectScreens(page)
      expect(complaints).toEqual([])
    },
    JOURNEY_MS_MAX,
  )
})

function runWorker(store: Store, signal: AbortSignal): DeliveryWorker {
  const guard = createGuard({ allowPrivateTargets: ['127.0.0.1/32'] })
  const options = { store, guard, signal, vault: TEST_VAULT, clock: Date.now, random: Math.random }
  return runDeliveryWorker({ ...options, workerId: 'w', version: '0.0.0-test', pollIntervalMs: POLL_MS })
}

async function runReplays(store: Store, signal: AbortSignal, wakeDelivery: () => void): Promise<void> {
  const deps = { db: store.db, clock: Date.now }
  const handlers = { [REPLAY_JOB]: createReplayJob({ ...deps, wakeDelivery }) }
  await runJobs({ ...deps, handlers, longKinds: [REPLAY_JOB], signal, onError: () => {} })
}

async function addAttempt(
  store: Store,
  attempt: Pick<
    Insertable<Database['delivery_attempts']>,
    'workspace' | 'delivery_id' | 'n' | 'response_status'
  >,
): Promise<void> {
  const rest = { started_at: 0, duration_ms: 1, request_json: '{}', response_headers_json: '{}' }
  const row = { ...attempt, ...rest, response_body: '', error: '' }
  await store.db.insertInto('delivery_attempts').values(row).execute()
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${DASHBOARD_URL}/traffic-sources`)
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.com')
  await enter(page.locator('input[type=password]'), PASSWORD)
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}

async function createSource(page: Page, postback: string): Promise<void> {
  await open(page, 'Traffic sources', 'New traffic source')
  await page.getByRole('button', { name: 'Start empty' }).click()
  await fill(page, { Name: 'PropellerAds', 'Postback URL of the source': postback })
  await create(page)
}

async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor()
}

/** By the click id, from the list to the one delivery and both sides of the wire. */
async function seeAttempts(page: Page): Promise<void> {
  await goTo(page, 'Deliveries')
  await fill(page, { 'Click id': 'click-1' })
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click()
  await page.getByRole('row').filter({ hasText: 'Given up' }).getByRole('link').click()
  await page.getByRole('heading', { level: 1, name: 'Delivery', exact: true }).waitFor()
  await page.getByText('It was given up.').waitFor()
  await page.getByText('The receiver did not take it: 500').waitFor()
  await page.getByText('it says so').waitFor()
  await page.getByText('Where the time went').waitFor()
  await page.getByText('Until the first byte').waitFor()
}

/** On the delivery's own page first, which leads to its target. */
async function seeHealth(page: Page): Promise<void> {
  const delivery = page.url()
  const target = page.getByRole('region', { name: 'Target' })
  await target.getByText('Failing since').waitFor()
  await target.getByText('Active', { exact: true }).waitFor()
  await target.getByRole('link', { name: /^127\.0\.0\.1/ }).click()
  await page.waitForURL(/notification-targets\/.+/)
  await goTo(page, 'Notification targets')
  await page.getByText('Failing since').waitFor()
  await page.goto(delivery)
}

async function replayOne(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  await page.getByText('The receiver has taken it.').waitFor()
  await page.getByText('The receiver took it: 200').waitFor()
}

/** What was given up: counted first, then sent by a job. */
async function replayAll(page: Page): Promise<void> {
  await page.goto(`${DASHBOARD_URL}/deliveries?responseStatus=404`)
  await page.getByText('Nothing matches').waitFor()
  await fill(page, { 'An answer was': '500' })
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click()
  await page.waitForURL(/responseStatus=500/)
  await page.getByRole('button', { name: 'Send all that match again…' }).click()
  await page.getByRole('button', { name: 'Send 1 again' }).click()
  await page.getByText(/^Queued again · 1 of 1/).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()
  await page.getByRole('row').filter({ hasText: 'Delivered' }).nth(1).waitFor()
  await goTo(page, 'Jobs')
  const job = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem')
  await job.filter({ hasText: 'Deliveries sent again' }).getByText('Changed: 1').waitFor()
}

async function pauseAndResume(page: Page): Promise<void> {
  await goTo(page, 'Notification targets')
  await page.getByText('Last success').waitFor()
  await page.getByRole('button', { name: /^Pause/ }).click()
  await page.getByText('Paused', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Resume/ }).click()
  await page.getByText('Active', { exact: true }).waitFor()
}

async function testTarget(page: Page): Promise<void> {
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await page.getByText('It works').waitFor()
  await page.getByText('Answered with 200').waitFor()
}

async function createChannel(page: Page, url: string): Promise<void> {
  await page.goto(`${DASHBOARD_URL}/settings/alerts`)
  await page.getByRole('button', { name: 'New channel' }).click()
  await choose(page, 'By', 'Webhook')
  await fill(page, { Address: url })
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByText('whsec_').waitFor()
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await page.getByRole('button', { name: 'Send a test message' }).click()
  await page.getByText('It works').waitFor()
  await page.keyboard.press('Escape')
}

async function followLive(page: Page, happen: () => Promise<void>): Promise<void> {
  await page.goto(`${DASHBOARD_URL}/live`)
  await page.getByText('Following').waitFor()
  await happen()
  await page.getByText('The receiver took it: 200').waitFor()
}

async function explainUrl(page: Page): Promise<void> {
  await page.goto(`${DASHBOARD_URL}/explain-url`)
  await page.getByRole('textbox', { name: 'URL' }).fill('https://ads.example.com/pb?c={clickd}&p={payout}')
  await page.getByRole('button', { name: 'Explain', exact: true }).click()
  await page.getByRole('button', { name: 'Use it' }).first().click()
  await page.getByRole('textbox', { name: 'URL' }).and(page.getByText('c={clickid}')).waitFor()
}

/** Every screen comes, and every input of it has a name for a screen reader. */
async function expectScreens(page: Page): Promise<void> {
  for (const [path, name] of Object.entries(SCREENS)) {
    await page.goto(DASHBOARD_URL + path)
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
    expect(await page.evaluate<string[]>(UNLABELLED), path).toEqual([])
  }
}

/** Runs in the page: inputs that a screen reader could not name. Text, because tests are typed without a DOM. */
const UNLABELLED = `[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
  .filter((input) => (input.labels?.length ?? 0) === 0 && !input.ariaLabel && !input.ariaHidden)
  .map((input) => input.outerHTML)`
