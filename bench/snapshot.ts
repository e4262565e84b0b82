import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { type ApiClient, field, setUpOwner } from '../src/cli/demo/api-client.ts'
import { freePort, type Installation, startInstallation } from '../src/cli/demo/installation.ts'
import { readEdgeReports } from '../src/cli/edge-reports.ts'
import type { Snapshot } from '../src/domain/snapshot.ts'
import { toSnapshotText } from '../src/domain/snapshot-text.ts'
import { indexSnapshot } from '../src/edge/index-snapshot.ts'
import { SnapshotReader } from '../src/edge/snapshot-reader.ts'
import { type CampaignFields, createCampaign } from '../src/store/campaigns.ts'
import { openStore } from '../src/store/open-store.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { createBenchCampaign } from './support/bench-campaign.ts'
import { benchFlow } from './support/flow-snapshot.ts'
import { createReporter } from './support/report.ts'
import { BENCH_SNAPSHOT } from './support/snapshot.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * A large configuration: five thousand campaigns, each with a flow of its own of five rules and three paths. How long
 * an edge takes to read it, at its start and again after an edit, and how long an edit takes to be live on every edge
 * of a whole installation.
 */
const CAMPAIGNS = 5_000
const FLOW_SIZE = { rules: 5, paths: 3 }
const LOADS = 5
const EDITS = 5
const EDGES = 2
const LOOK_MS = 2
const LIVE_MS_MAX = 60_000
const LOG = pino({ level: 'silent' })

const report = createReporter('snapshot', process.argv.includes('--json'))
await measureLoad()
await withTemporaryDirectory(measureEdit)

async function measureLoad(): Promise<void> {
  const snapshot = largeSnapshot()
  const text = toSnapshotText(snapshot)
  report('bytes', text.length, 'bytes')
  const [first, ...others] = snapshot.campaigns
  if (first === undefined) throw new Error('there are no campaigns')
  const edited = toSnapshotText({ ...snapshot, campaigns: [{ ...first, name: 'Edited' }, ...others] })
  const loads: number[] = []
  const reloads: number[] = []
  for (let load = 0; load < LOADS; load += 1) {
    const reader = new SnapshotReader()
    loads.push(await timeLoad(reader, text))
    reloads.push(await timeLoad(reader, edited))
  }
  report('load_ms', median(loads), 'ms')
  report('reload_ms', median(reloads), 'ms')
}

async function timeLoad(reader: SnapshotReader, text: string): Promise<number> {
  const startedAt = performance.now()
  indexSnapshot(await reader.read(text), LOG)
  return performance.now() - startedAt
}

function largeSnapshot(): Snapshot {
  const [plain] = BENCH_SNAPSHOT.campaigns
  if (plain === undefined) throw new Error('there is no plain campaign')
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, n) => ({
    ...plain,
    ...benchFlow(`c${n}`, FLOW_SIZE),
    id: `campaign${n}`,
    slug: `campaign-${n}`,
  }))
  return { ...BENCH_SNAPSHOT, campaigns }
}

async function measureEdit(dataDir: string): Promise<void> {
  const ports = { publicPort: await freePort(), dashboardPort: await freePort() }
  const options = { dataDir, edges: EDGES, ports }
  const fresh = await startInstallation(options)
  const api = await withStop(fresh, async (installation) => {
    const client = await setUpOwner(installation)
    await createBenchCampaign(client)
    return client
  })
  await addCampaigns(dataDir)
  await withStop(await startInstallation(options), async () => {
    const times = []
    for (let edit = 0; edit < EDITS; edit += 1) times.push(await timeEdit(api, dataDir, edit))
    report('edit_live_ms', median(times), 'ms')
    report('edit_live_max_ms', Math.max(...times), 'ms')
  })
}

/** Straight into the store: five thousand requests would measure the API. */
async function addCampaigns(dataDir: string): Promise<void> {
  const store = await openStore({ databaseUrl: '', dataDir })
  const row = await store.db.selectFrom('campaigns').select('workspace').executeTakeFirstOrThrow()
  await inTransaction(store.db, async (trx) => {
    for (let n = 0; n < CAMPAIGNS; n += 1) await createCampaign(trx, row.workspace, campaignFields(n), 0)
  })
  await store.close()
}

function campaignFields(n: number): CampaignFields {
  return {
    ...benchFlow(`c${n}`, FLOW_SIZE),
    slug: `campaign-${n}`,
    name: `Campaign ${n}`,
    status: 'active',
    trafficSourceId: '',
    redirectMode: '302',
    costModel: { type: 'none' },
    fallbackUrl: '',
    flowId: '',
    optimization: null,
    uniqueHours: 0,
    domainId: '',
    tags: [],
    legacyIds: [],
  }
}

/** From sending the edit to the moment when each edge serves it. */
async function timeEdit(api: ApiClient, dataDir: string, edit: number): Promise<number> {
  const before = await versions(dataDir)
  const campaign = await benchCampaignId(api)
  const startedAt = performance.now()
  const answered = api.patch(`/campaigns/${campaign}`, { name: `Edited ${edit}` })
  while ((await versions(dataDir)).some((version, edge) => version <= (before[edge] ?? -1))) {
    if (performance.now() - startedAt > LIVE_MS_MAX) throw new Error('the edit is not live')
    await sleep(LOOK_MS)
  }
  const liveMs = performance.now() - startedAt
  await answered
  return liveMs
}

async function benchCampaignId(api: ApiClient): Promise<string> {
  const [newest] = [field(await api.get('/campaigns?limit=1'), 'items')].flat()
  return String(field(newest, 'id'))
}

async function versions(dataDir: string): Promise<number[]> {
  return (await readEdgeReports(dataDir)).map((one) => one.snapshotVersion)
}

async function withStop<T>(installation: Installation, run: (installation: Installation) => Promise<T>) {
  try {
    return await run(installation)
  } finally {
    await installation.stop()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
