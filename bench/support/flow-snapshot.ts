import type { Condition, ConditionTest, Flow, FlowPath, FlowRule } from '../../src/domain/flow.ts'
import type { Snapshot, SnapshotCampaign, SnapshotLander, SnapshotOffer } from '../../src/domain/snapshot.ts'
import { BENCH_SNAPSHOT } from './snapshot.ts'

const RULES = 20
const PATHS = 10
const FLOW_CAMPAIGNS = 20
const OFFERS = 12
const LANDERS = 6

/**
 * The conditions of twenty rules as media buyers write them; a rule beyond the list repeats one. Nearly no visitor
 * meets the first nineteen, so that nearly all of them are tried for each visit.
 */
const CONDITIONS: readonly Condition[] = [
  { all: [is('country', 'BR', 'MX', 'AR'), is('device_type', 'tv')] },
  { all: [is('os', 'Android'), less('os_version', '6')] },
  {
    all: [{ field: 'user_agent', operator: 'regex', values: ['(?:curl|wget|python-requests)/\\d+\\.\\d+'] }],
  },
  { all: [is('ip', '10.0.0.0/8', '192.168.0.0/16', '198.51.100.7-198.51.100.90')] },
  { any: [is('token:zone', 'zone-99'), is('sub3', 'blocked')] },
  { all: [is('browser', 'Opera'), is('language', 'ru')] },
  { all: [{ field: 'referrer_domain', operator: 'contains', values: ['facebook.', 'instagram.'] }] },
  { all: [{ field: 'city', operator: 'in', values: cities() }] },
  { all: [is('weekday', '9')] },
  { all: [is('device_brand', 'Nokia'), { any: [is('os', 'KaiOS'), is('browser', 'UCBrowser')] }] },
  { all: [is('bot', 'user_agent')] },
  { all: [is('isp', 'Example Telecom')] },
  { all: [{ field: 'param:utm_source', operator: 'starts', values: ['test'] }] },
  { all: [is('connection_type', 'datacenter')] },
  { all: [is('visitor', 'returning'), is('country', 'NZ')] },
  { all: [{ field: 'browser_version', operator: 'greater', values: ['900'] }] },
  { all: [is('region', 'Bavaria'), is('hour', '3', '4', '5')] },
  { all: [is('device_model', 'Pixel 2')] },
  { all: [{ field: 'external_id', operator: 'starts', values: ['fraud-'] }] },
  { any: [is('country', 'US'), is('token:creative', 'banner-3')] },
]

/** The plain campaigns beside as many with a flow of twenty rules, ten paths and sticky visitors. */
export function flowSnapshot(): Snapshot {
  return {
    ...BENCH_SNAPSHOT,
    offers: [...BENCH_SNAPSHOT.offers, ...flowOffers()],
    landers: flowLanders(),
    campaigns: [
      ...BENCH_SNAPSHOT.campaigns,
      ...Array.from({ length: FLOW_CAMPAIGNS }, (_, n) => flowCampaign(n, `flow-${n}`)),
    ],
  }
}

/** The path of visit n to a campaign with a flow, as the source's link has it. */
export function flowVisitPath(n: number): string {
  const campaign = n % FLOW_CAMPAIGNS
  return `/c/flow-${campaign}?subid=src-${n}&bid=0.0123&zone=zone-${n % 13}&creative=banner-${n % 4}`
}

function flowCampaign(n: number, slug: string): SnapshotCampaign {
  const [plain] = BENCH_SNAPSHOT.campaigns
  if (plain === undefined) throw new Error('there is no plain campaign')
  return { ...plain, ...benchFlow(`f${n}`), id: `flowcampaign${n}`, slug, name: `Flow ${n}` }
}

/** A flow of its own ids: rules that choose among the paths, the paths; visitors stick to their offer. */
export function benchFlow(id: string, size = { rules: RULES, paths: PATHS }): Flow {
  const paths = Array.from({ length: size.paths }, (_, n) => flowPath(`${id}p${n}`, n))
  const rules = Array.from({ length: size.rules }, (_, n) => flowRule(`${id}r${n}`, n, paths))
  return { rules, paths, sticky: 'offer' }
}

function flowOffers(): SnapshotOffer[] {
  const [plain] = BENCH_SNAPSHOT.offers
  if (plain === undefined) throw new Error('there is no plain offer')
  return Array.from({ length: OFFERS }, (_, n) => ({ ...plain, id: `flowoffer${n}`, name: `Offer ${n}` }))
}

function flowLanders(): SnapshotLander[] {
  return Array.from({ length: LANDERS }, (_, n) => ({
    id: `flowlander${n}`,
    workspace: 'bench',
    name: `Lander ${n}`,
    url: `https://lander.example/${n}?cid={clickid}`,
    ctaCount: 1,
    protection: null,
    legacyIds: [],
  }))
}

function flowRule(id: string, n: number, paths: readonly FlowPath[]): FlowRule {
  const when = CONDITIONS[n % CONDITIONS.length] ?? { all: [] }
  const [path = flowPath(`${id}p`, n)] = paths.slice(n % paths.length)
  return { id, name: `Rule ${n}`, enabled: true, when, paths: [{ ...path, id: `${id}p` }] }
}

/** Every other path has landers in front. */
function flowPath(id: string, n: number): FlowPath {
  const lander = (at: number) => ({ id: `flowlander${at % LANDERS}`, weight: 1 })
  const offer = (at: number) => ({ id: `flowoffer${at % OFFERS}`, weight: 1 + (at % 3) })
  return {
    id,
    weight: 1 + (n % 4),
    landers: n % 2 === 0 ? [lander(n), lander(n + 1)] : [],
    offers: [offer(n), offer(n + 1), offer(n + 2)],
  }
}

function is(field: ConditionTest['field'], ...values: readonly string[]): ConditionTest {
  return { field, operator: 'is', values }
}

function less(field: ConditionTest['field'], value: string): ConditionTest {
  return { field, operator: 'less', values: [value] }
}

function cities(): string[] {
  return Array.from({ length: 50 }, (_, n) => `Springfield ${n}`)
}
