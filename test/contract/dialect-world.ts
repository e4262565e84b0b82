import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { campaign, type EdgeRig, offer, path, startRig, testSnapshot } from './edge-rig.ts'

/** A click id of the rig's secret's shape; the judge in core's place does not check it. */
export const CLICK_ID = '06h063ezxc00n35fs003brmxpd'

/** An edge with campaigns, offers and a lander that keep the ids of one system's links. */
export type DialectWorld = {
  readonly rig: EdgeRig
  lastHit(): Promise<Hit>
  lastVisit(): Promise<LedgerRow>
  /** The parameters of the latest hit, under our names; the first of a name counts. */
  lastParams(): Promise<Readonly<Record<string, string>>>
  /** What the judge says to every hit from now on. */
  judgeAs(answer: Omit<HitAnswer, 'hit'>): void
}

type LegacyIds = {
  readonly direct?: readonly string[]
  readonly lander?: readonly string[]
  readonly offerOne?: readonly string[]
  readonly offerTwo?: readonly string[]
  readonly landerPage?: readonly string[]
}

/** Campaign `direct` leads to offer o1; `lander` leads over lander l2, with two calls to action, to o1 and o2. */
export async function openDialectWorld(ids: LegacyIds): Promise<DialectWorld> {
  const plain = testSnapshot()
  const rig = await startRig({
    snapshot: testSnapshot({
      trafficSources: plain.trafficSources.map((source) => ({
        ...source,
        currency: 'USD',
        tokens: [{ name: 'keyword', param: 'kw' }],
      })),
      offers: [
        {
          ...offer('o1', 'https://offer.example/o1?cid={clickid}&k={token.keyword}&c={sub1}'),
          legacyIds: ids.offerOne ?? [],
        },
        { ...offer('o2'), legacyIds: ids.offerTwo ?? [] },
      ],
      landers: plain.landers.map((lander) =>
        lander.id === 'l2' ? { ...lander, legacyIds: ids.landerPage ?? [] } : lander,
      ),
      campaigns: [
        campaign('direct', { costModel: { type: 'token' }, legacyIds: ids.direct ?? [] }),
        campaign('lander', {
          legacyIds: ids.lander ?? [],
          paths: [{ ...path('p-l2', ['o1', 'o2']), landers: [{ id: 'l2', weight: 1 }] }],
        }),
      ],
    }),
  })
  const lastHit = async () => required((await rig.records()).hits.at(-1))
  return {
    rig,
    lastHit,
    lastVisit: async () => required((await rig.records()).visits.at(-1)),
    lastParams: async () => Object.fromEntries([...(await lastHit()).params].reverse()),
    judgeAs(answer) {
      rig.core.judge = (hit) => ({ hit: hit.id, ...answer })
    },
  }
}

/** The cookies of an answer as the browser sends them back. */
export function cookieHeader(cookies: readonly string[]): { readonly cookie: string } {
  return { cookie: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ') }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing was recorded')
  return value
}
