import { renderTestTarget, type TestSubject } from '../conversions/render-test-target.ts'
import { targetsOf } from '../conversions/targets-of.ts'
import { loadConfiguration } from '../store/load-configuration.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import type { ApiDeps } from './api-deps.ts'
import { type FiredTest, fireTest } from './fire-test.ts'
import { whyNotSent } from './portal-delivery-words.ts'

/** Targets that one test of a chain tells; each is somebody's server. */
const TARGETS_MAX = 10

export type TestedTarget = {
  readonly target: StoredTarget
  /** What would be called, or shown in the visitor's browser; '' when neither. */
  readonly url: string
  /** Why it would not be told; '' when it would. */
  readonly problem: string
  /** What its receiver answered; undefined when it was not asked. */
  readonly fired: FiredTest | undefined
}

export type TestOwners = {
  readonly workspace: string
  readonly campaignId: string
  readonly trafficSourceId: string
  readonly affiliateId: string
  readonly offerId: string
}

/**
 * What the active targets that hear of such a conversion would be told by one that is marked as a test.
 * @param fire true to really tell them, and see what they answer.
 */
export async function testTargets(
  deps: Pick<ApiDeps, 'store' | 'ownHosts' | 'fireTarget' | 'clock'>,
  owners: TestOwners,
  subject: Pick<TestSubject, 'affiliate' | 'offer' | 'payouts'>,
  fire: boolean,
): Promise<readonly TestedTarget[]> {
  const configuration = await loadConfiguration(deps.store.db)
  const targets = targetsOf(configuration, owners).filter(({ status }) => status === 'active')
  const tested: TestedTarget[] = []
  for (const target of targets.slice(0, TARGETS_MAX)) {
    const of = { ...subject, ownHosts: deps.ownHosts, now: deps.clock() }
    const rendered = renderTestTarget(target, configuration, of)
    const problem = rendered.kind === 'problem' ? whyNotSent(rendered.reason) : ''
    const url = rendered.kind === 'call' ? rendered.call.url : ''
    // One after the other: they may be of one host, which is not to be hammered.
    const fired = fire && problem === '' ? await fireTest(deps, target, subject) : undefined
    tested.push({ target, url, problem, fired })
  }
  return tested
}
