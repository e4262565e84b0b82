import { issueApiKey } from '../../src/api/api-key.ts'
import { createAmountChanger } from '../../src/conversions/change-amounts.ts'
import { createStatusChanger } from '../../src/conversions/change-status.ts'
import { createReconciliationJob, RECONCILIATION_JOB } from '../../src/conversions/reconcile-apply.ts'
import { runJobs } from '../../src/conversions/run-jobs.ts'
import { getJob } from '../../src/store/jobs.ts'
import type { TestStores } from '../support/databases.ts'
import {
  buildNetworkWorld,
  type NetworkSettingsOfWorld,
  type NetworkWorld,
} from '../support/network-world.ts'
import { openTestApi, type TestApi } from './api-harness.ts'
import { until } from './edge-rig.ts'

/** The API over a network, with a key of its owner. */
export type ReconciliationRig = {
  readonly api: TestApi
  readonly world: NetworkWorld
  /** The owner's. */
  readonly key: string
  send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer>
  /** A conversion of a visit of its own; returns its id and click id. */
  convert(params?: Readonly<Record<string, string>>): Promise<{ id: string; clickId: string }>
  /** Compares a file with the conversions of the world's day. */
  compare(csv: string, body?: object): Promise<Answer>
  /** Kind, conversion and detail of every row. */
  rows(id: string): Promise<readonly Row[]>
  /** Applies it, by a job that is run to its end. */
  apply(id: string, wishes: object): Promise<Answer>
  /** Does a job's first step, and dies before its progress is written. */
  interruptedJob(id: string): Promise<unknown>
  finishJob(id: string): Promise<void>
  /** What became of a conversion. */
  conversion(id: string): Promise<Answer['body']>
}

export type Answer = { readonly status: number; readonly body: ReturnType<typeof JSON.parse> }
type Row = { n: number; kind: string; conversionId: string; detail: string; outcome: string }

export async function openReconciliationRig(
  stores: TestStores,
  settings: NetworkSettingsOfWorld = {},
): Promise<ReconciliationRig> {
  const built: { world?: NetworkWorld } = {}
  const api = await openTestApi(stores, async (store) => {
    const world = await buildNetworkWorld(store, settings)
    built.world = world
    const { judge, lookup, clickIdKey, time } = world
    const clock = () => time.now
    const changing = { store, ownHosts: [], clock }
    return {
      clock,
      byHand: { store, judge, lookup, clickIdKey, clock },
      changeStatus: createStatusChanger(changing),
      changeAmounts: createAmountChanger(changing),
    }
  })
  const { world } = built
  if (world === undefined) throw new Error('the world was not built')
  const workspace = world.workspaceId
  const owner = { workspace, name: 'owner', role: 'owner' } as const
  const { key } = await issueApiKey(api.store.db, owner, world.time.now)
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}` }
    const request = { method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) }
    const answer = await api.app.inject(request)
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }
  const handler = createReconciliationJob({ ...api.deps, ...api.deps.byHand })
  const finishJob = (id: string) => runToItsEnd(api, world, { handler, id })
  return {
    api,
    world,
    key,
    send,
    async convert(params = {}) {
      const clickId = world.visit()
      const [answer] = await world.judge.judge([world.hit({ cid: clickId, ...params })])
      if (answer?.conversion === undefined) throw new Error(`no conversion: ${answer?.reason}`)
      return { id: answer.conversion, clickId }
    },
    compare: (csv, body = {}) => {
      const day = { from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' }
      const file = { advertiserId: world.advertiserId, name: 'November', csv, ...day, ...body }
      return send('POST', '/reconciliations', file)
    },
    rows: async (id) => (await send('GET', `/reconciliations/${id}/rows?limit=500`)).body.items,
    async apply(id, wishes) {
      const answer = await send('POST', `/reconciliations/${id}/apply`, wishes)
      await finishJob(answer.body.id)
      return await send('GET', `/reconciliations/${id}`)
    },
    async interruptedJob(id) {
      const job = await getJob(api.store.db, { workspace, id })
      if (job === undefined) throw new Error('there is no such job')
      const progress = () => Promise.reject(new Error('killed'))
      return await handler(job, { progress, signal: AbortSignal.abort() })
    },
    finishJob,
    conversion: async (id) => (await send('GET', `/conversions/${id}`)).body,
  }
}

async function runToItsEnd(
  { store: { db } }: TestApi,
  { workspaceId: workspace, time }: NetworkWorld,
  { handler, id }: { readonly handler: ReturnType<typeof createReconciliationJob>; readonly id: string },
): Promise<void> {
  const stop = new AbortController()
  const handlers = { [RECONCILIATION_JOB]: handler }
  const running = runJobs({ db, handlers, clock: () => time.now, signal: stop.signal, onError: () => {} })
  const ends: readonly (string | undefined)[] = ['done', 'failed', 'cancelled']
  await until(async () => ends.includes((await getJob(db, { workspace, id }))?.state))
  stop.abort()
  await running
}
