import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type ApiClient, DEMO_OWNER, field, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { launchBrowser } from '../../src/cli/demo/browser.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'
import { watch } from './dashboard-page.ts'

/** Long enough for a busy machine; what does not come by then does not come. */
const STEP_MS_MAX = 30_000
export const PASSWORD = 'a long enough password'

export type Person = { readonly email: string; readonly password: string }
export const OWNER: Person = DEMO_OWNER

/** Somebody's browser window, and all that it heard. */
export type Window = {
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: readonly string[]
  /** Everything that the API answered it. */
  readonly answers: readonly string[]
}

export type NetworkRig = {
  readonly installation: Installation
  /** By a key of the owner. */
  readonly api: ApiClient
  open(person: Person): Promise<Window>
  close(): Promise<void>
}

/** A network as it is started: no part of it is stood in for. */
export async function startNetwork(): Promise<NetworkRig> {
  const folder = mkdtempSync(join(tmpdir(), 'trailpost-network-'))
  const settings = { TRAILPOST_LOG_LEVEL: 'fatal' }
  const installation = await startInstallation({ dataDir: join(folder, 'data'), edges: 1, settings })
  const api = await setUpOwner(installation, 'Night Net')
  const browser = await launchBrowser()
  return {
    installation,
    api,
    open: (person) => openWindow({ installation, browser }, person),
    async close() {
      for (const context of browser.contexts()) await context.unrouteAll({ behavior: 'ignoreErrors' })
      await browser.close()
      await installation.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Place = {
  readonly installation: Installation
  readonly browser: Browser
}

async function openWindow({ installation, browser }: Place, person: Person): Promise<Window> {
  const origin = installation.dashboardUrl
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
  })
  context.setDefaultTimeout(STEP_MS_MAX)
  const complaints = watch(context, origin)
  const answers: string[] = []
  await context.route(`${origin}/api/**`, async (route) => {
    const response = await route.fetch()
    answers.push(await response.text())
    await route.fulfill({ response })
  })
  const signedIn = await context.request.post('/api/auth/sign-in/email', {
    data: person,
    headers: { origin },
  })
  if (!signedIn.ok()) throw new Error(`${person.email} can not sign in: ${signedIn.status()}`)
  return { page: await context.newPage(), context, complaints, answers }
}

/** An active affiliate, and somebody who signs in to its portal. */
export async function addAffiliate(
  api: ApiClient,
  name: string,
  changes: object = {},
): Promise<{ readonly id: string; readonly person: Person }> {
  const person = { email: `${name.toLowerCase().replaceAll(' ', '.')}@example.com`, password: PASSWORD }
  const id = await idOf(api, '/affiliates', { name, email: person.email, status: 'active', ...changes })
  await api.post(`/affiliates/${id}/users`, { ...person, name: `${name} person` })
  return { id, person }
}

/** An advertiser's offer. */
export async function addOffer(api: ApiClient, name: string, terms: object): Promise<string> {
  const advertiserId = await idOf(api, '/advertisers', { name: `${name} Shop`, clickIdParam: 'click' })
  const url = 'https://shop.example/'
  return await idOf(api, '/offers', { name, advertiserId, url, defaultEvent: 'sale', terms })
}

/** The address by which the advertiser of an offer reports, its parameters still to be added. */
export async function advertiserUrl(api: ApiClient, offerId: string): Promise<string> {
  const [event] = field(await api.get(`/offers/${offerId}/integration`), 'events') as readonly {
    readonly postbackUrl: { readonly http: string }
  }[]
  return event?.postbackUrl.http ?? ''
}
