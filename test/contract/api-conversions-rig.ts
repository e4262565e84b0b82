import { issueApiKey } from '../../src/api/api-key.ts'
import { BULK_STATUS_JOB, createBulkStatusJob } from '../../src/conversions/bulk-status.ts'
import { createAmountChanger } from '../../src/conversions/change-amounts.ts'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import { createReconciliationJob, RECONCILIATION_JOB } from '../../src/conversions/reconcile-apply.ts'
import { runJobs } from '../../src/conversions/run-jobs.ts'
import { createUploadJob, UPLOAD_JOB } from '../../src/conversions/upload-apply.ts'
import { getJob, type JobHandler } from '../../src/store/jobs.ts'
import { buildWorld, type World, type WorldSettings } from '../support/conversion-world.ts'
import type { TestStores } from '../support/databases.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { until } from './edge-rig.ts'

/** The API over a world of conversions, with a key of its workspace's owner and one of a manager. */
export type ConversionsRig = {
  readonly api: TestApi
  readonly world: World
  readonly managerKey: string
  send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer>
  /** Uploads a file as text/csv. */
  upload(csv: string | Buffer): Promise<Answer>
  /** Runs jobs until this one is at its end. */
  finishJob(id: string): Promise<void>
  /** Does a job's first step, and dies before its progress is written. */
  interruptedJob(id: string): Promise<unknown>
  /** Every conversion's click id, event, txid, status and revenue, by click id and txid. */
  conversions(): Promise<readonly object[]>
}

export type Answer = { readonly status: number; readonly body: ReturnType<typeof JSON.parse> }

export async function openConversionsRig(
  stores: TestStores,
  settings: WorldSettings = {},
): Promise<ConversionsRig> {
  const built: { world?: World } = {}
  const api = await openTestApi(stores, async (store) => {
    const world = await buildWorld(store, settings)
    built.world = world
    const { judge, lookup, clickIdKey, time } = world
    const clock = () => time.now
    return {
      clock,
      byHand: { store, judge, lookup, clickIdKey, clock },
      changeStatus: createStatusChanger({ store, ownHosts: [], clock }),
      changeAmounts: createAmountChanger({ store, ownHosts: [], clock }),
    }
  })
  const { world } = built
  if (world === undefined) throw new Error('the world was not built')
  const workspace = world.workspaceId
  const keyOf = async (role: 'owner' | 'manager') =>
    (await issueApiKey(api.store.db, { workspace, name: role, role }, world.time.now)).key
  const headers = { authorization: `Bearer ${await keyOf('owner')}` }
  return {
    api,
    world,
    managerKey: await keyOf('manager'),
    async send(method, path, body) {
      const url = `/api/v1${path}`
      const answer = await api.app.inject({ method, url, headers, ...(body && { payload: body }) })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    },
    async upload(csv) {
      const answer = await api.app.inject({
        method: 'POST',
        url: '/api/v1/conversion-uploads?name=file.csv',
        headers: { ...headers, 'content-type': 'text/csv' },
        payload: csv,
      })
      return { status: answer.statusCode, body: answer.json() }
    },
    interruptedJob: async (id) => {
      const job = await getJob(api.store.db, { workspace, id })
      const handler = job && handlersOf(api)[job.kind]
      if (job === undefined || handler === undefined) throw new Error('there is no such job')
      const progress = () => Promise.reject(new Error('killed'))
      return await handler(job, { progress, signal: AbortSignal.abort() })
    },
    finishJob: (id) => finishJob(api, world, id),
    conversions: async () =>
      await api.store.db
        .selectFrom('conversions')
        .select(['click_id', 'event', 'txid', 'status', 'revenue_micros'])
        .orderBy('click_id')
        .orderBy('txid')
        .execute(),
  }
}

async function finishJob(api: TestApi, world: World, id: string): Promise<void> {
  const stop = new AbortController()
  const { db } = api.store
  const running = runJobs({
    db,
    handlers: handlersOf(api),
    clock: () => world.time.now,
    signal: stop.signal,
    onError: () => {},
  })
  const ends: readonly (string | undefined)[] = ['done', 'failed', 'cancelled']
  await until(async () => ends.includes((await getJob(db, { workspace: world.workspaceId, id }))?.state))
  stop.abort()
  await running
}

function handlersOf(api: TestApi): Readonly<Record<string, JobHandler>> {
  return {
    [RECONCILIATION_JOB]: createReconciliationJob({ ...api.deps, ...api.deps.byHand }),
    [UPLOAD_JOB]: createUploadJob(api.deps.byHand),
    [BULK_STATUS_JOB]: createBulkStatusJob(api.deps),
  }
}
