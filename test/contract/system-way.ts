import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import type { ConversionStatus } from '../../src/domain/conversion-types.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import type { TargetSystem } from '../../src/domain/target-systems/target-system.ts'
import { type Delivery, type DeliveryAttempt, getWithAttempts } from '../../src/store/deliveries.ts'
import type { Store } from '../../src/store/open-store.ts'
import { buildWorld, deliveriesOf, type World } from '../support/conversion-world.ts'
import { TEST_VAULT } from '../support/test-vault.ts'

/** What became of the target's delivery of one transition. */
export type Way = { readonly delivery: Delivery; readonly attempts: readonly DeliveryAttempt[] }

export type SystemWay = {
  readonly world: World
  /** Judges a postback. */
  hit(params: Readonly<Record<string, string>>, changes?: Partial<Hit>): Promise<HitAnswer>
  /** The newest delivery, after a worker has made what calls are due. */
  told(): Promise<Way>
}

export type WayTarget = {
  readonly system: TargetSystem
  readonly url: string
  readonly settings: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  readonly statuses?: readonly ConversionStatus[]
  readonly expireHours?: number
}

/** A target of a system on the whole way that news take: from a judged hit to the delivery worker's call. */
export async function openWay(store: Store, { secrets, ...target }: WayTarget): Promise<SystemWay> {
  const world = await buildWorld(store)
  const sealedSecrets = TEST_VAULT.seal({ ...NO_SECRETS, system: secrets })
  await world.target({ method: 'POST', ...target, sealedSecrets })
  return {
    world,
    hit: async (params, changes) => {
      const [answer] = await world.judge.judge([world.hit(params, changes)])
      if (answer === undefined) throw new Error('no answer')
      return answer
    },
    told: async () => {
      await sendDue(world)
      const [newest] = await deliveriesOf(world)
      const way = newest && (await getWithAttempts(store.db, newest.id))
      if (way === undefined) throw new Error('no delivery')
      return way
    },
  }
}

/** A visit that came by the system's ad. */
export function visitFrom(world: World, params: Readonly<Record<string, string>>): string {
  const dimensions: Partial<LedgerRow> = { ip: '203.0.113.7', user_agent: 'Firefox', params }
  return world.visit(dimensions)
}

async function sendDue({ store, time, workspaceId }: World): Promise<void> {
  const due = async () => {
    const all = await deliveriesOf({ store, workspaceId })
    return all.filter(({ state, dueAt }) => state === 'pending' && dueAt <= time.now).length
  }
  const abort = new AbortController()
  const errors: unknown[] = []
  const worker = runDeliveryWorker({
    store,
    workerId: 'w1',
    guard: createGuard({ allowPrivateTargets: ['127.0.0.1/32'] }),
    vault: TEST_VAULT,
    version: '9.9.9',
    clock: () => time.now,
    random: () => 0.5,
    pollIntervalMs: 10,
    signal: abort.signal,
    onError: (error) => errors.push(error),
  })
  while ((await due()) > 0 && errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  abort.abort()
  await worker.done
  if (errors.length > 0) throw errors[0]
}
