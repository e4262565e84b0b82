import { type ApiClient, DEMO_OWNER, field, setUpOwner } from './api-client.ts'
import { type Installation, startInstallation } from './installation.ts'
import { type Role, startRole } from './role.ts'
import { closeBooks, setUpTheRest } from './showcase-books.ts'
import { createShowcaseNetwork, SHOWCASE_AFFILIATE } from './showcase-network.ts'
import { writePast } from './showcase-past.ts'
import { playToday } from './showcase-today.ts'
import { createShowcaseTracker } from './showcase-tracker.ts'

export type Showcase = {
  readonly installation: Installation
  /** By a key of the owner. */
  readonly api: ApiClient
  readonly owner: { readonly email: string; readonly password: string }
  readonly affiliate: { readonly email: string; readonly password: string }
  stop(): Promise<void>
}

const SETTINGS = {
  // The party that takes postbacks is on loopback, and whoever sends visitors speaks for them.
  TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
  TRAILPOST_TRUSTED_PROXIES: '127.0.0.1',
  TRAILPOST_LOG_LEVEL: 'error',
}

/**
 * A whole installation with four weeks behind it: campaigns, a network with affiliates, figures of every day, and of
 * this minute real visits, conversions and postbacks, some of which fail. To look around in, and for pictures.
 */
export async function openShowcase(dataDir: string): Promise<Showcase> {
  const running: { stop(): unknown }[] = []
  try {
    return await open(dataDir, running)
  } catch (error) {
    for (const party of running.toReversed()) await party.stop()
    throw error
  }
}

async function open(dataDir: string, running: { stop(): unknown }[]): Promise<Showcase> {
  const sink: Role = await startRole(new URL('./traffic-source.ts', import.meta.url))
  running.push(sink)
  const first = await startInstallation({ dataDir, edges: 1, settings: SETTINGS })
  running.push(first)
  const api = await setUpOwner(first, 'Northwind Media')
  const tracker = await createShowcaseTracker(api, sink.url)
  const network = await createShowcaseNetwork(api, first, sink.url)
  await addFailingTarget(api, tracker.campaigns[1]?.source.id ?? '')
  const workspace = await workspaceOf(api)
  // The ledger belongs to one process: the past is written while nobody else is there.
  await first.stop()
  await writePast(dataDir, workspace, [...tracker.arms, ...network.arms], Date.now())
  const ports = { publicPort: first.publicPort, dashboardPort: Number(new URL(first.dashboardUrl).port) }
  const installation = await startInstallation({ dataDir, edges: 1, settings: SETTINGS, ports })
  running[1] = installation
  const orders = await playToday(tracker, network, installation.publicUrl)
  await setUpTheRest(api, tracker, sink.url)
  await closeBooks(api, network, orders)
  return {
    installation,
    api,
    owner: DEMO_OWNER,
    affiliate: SHOWCASE_AFFILIATE,
    stop: async () => {
      for (const party of running.toReversed()) await party.stop()
    },
  }
}

/** Nobody listens there: its deliveries fail, are tried again, and the dashboard says so. */
async function addFailingTarget(api: ApiClient, sourceId: string): Promise<void> {
  await api.post(`/traffic-sources/${sourceId}/notification-targets`, {
    type: 'postback',
    url: 'http://127.0.0.1:9/conversion?id={externalid}&payout={payout}',
  })
}

async function workspaceOf(api: ApiClient): Promise<string> {
  const [workspace] = field(await api.get('/me'), 'workspaces') as readonly { id: string }[]
  return workspace?.id ?? ''
}
