import { useItems } from '../resource.ts'
import { networks } from '../resources.ts'
import { advertisers, affiliates, members } from '../resources-network.ts'
import { useMayManage } from '../session.ts'
import { texts, toOptions } from '../texts.ts'
import { dialectNames, hitTexts as words } from '../texts-inspector.ts'
import { OWN_DIALECT } from '../use-hits.ts'
import type { FilterField } from './filter-bar.tsx'

type Fields = { readonly fields: readonly FilterField[]; readonly more: readonly FilterField[] }

const OUTCOME: FilterField = {
  kind: 'choice',
  name: 'outcome',
  label: texts.hits.outcome,
  any: texts.hits.anyOutcome,
  choices: toOptions(texts.outcome),
}
const OFTEN: readonly FilterField[] = [
  { kind: 'text', name: 'text', label: words.search },
  { kind: 'text', name: 'clickId', label: texts.hits.clickId },
]
const DAYS: readonly FilterField[] = [
  { kind: 'day', name: 'from', label: words.from },
  { kind: 'day', name: 'to', label: words.to },
]
/** What a request holds. */
const OF_REQUEST: readonly FilterField[] = [
  { kind: 'text', name: 'txid', label: words.txid },
  { kind: 'text', name: 'conversionId', label: words.conversionId },
  { kind: 'text', name: 'offer', label: words.offer },
  { kind: 'text', name: 'event', label: words.event },
  { kind: 'text', name: 'param', label: words.param },
  { kind: 'text', name: 'value', label: words.value },
  { kind: 'text', name: 'host', label: words.host },
  { kind: 'text', name: 'path', label: words.path },
  { kind: 'text', name: 'ip', label: words.ip },
  { kind: 'text', name: 'reason', label: words.reason },
]
const KIND: FilterField = {
  kind: 'choice',
  name: 'kind',
  label: words.kind,
  any: words.anyKind,
  choices: toOptions(texts.hitKind),
}
const DIALECT: FilterField = {
  kind: 'choice',
  name: 'dialect',
  label: words.dialect,
  any: words.anyDialect,
  choices: [{ value: OWN_DIALECT, label: words.ownDialect }, ...toOptions(dialectNames)],
}

const NETWORK: FilterField = {
  kind: 'thing',
  name: 'affiliateNetworkId',
  label: words.network,
  any: words.anyNetwork,
  resource: networks,
}
const ADVERTISER: FilterField = {
  kind: 'thing',
  name: 'advertiserId',
  label: words.advertiser,
  any: words.anyAdvertiser,
  resource: advertisers,
}
const AFFILIATE: FilterField = {
  kind: 'thing',
  name: 'affiliateId',
  label: words.affiliate,
  any: words.anyAffiliate,
  resource: affiliates,
}

/** By what hits are searched: the fields that the API takes. */
export function useHitFields(): Fields {
  const people = useItems(members, { enabled: useMayManage() }).data ?? []
  const reporter: FilterField = {
    kind: 'choice',
    name: 'reportedBy',
    label: words.reportedBy,
    any: words.anyReporter,
    choices: people.map(({ id, name }) => ({ value: `user:${id}`, label: name })),
  }
  return {
    fields: [OUTCOME, NETWORK, ...OFTEN],
    more: [...DAYS, ADVERTISER, AFFILIATE, KIND, DIALECT, reporter, ...OF_REQUEST],
  }
}
