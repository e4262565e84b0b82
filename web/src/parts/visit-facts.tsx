import { Alert } from '@mantine/core'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { useNames } from '../resource.ts'
import { campaigns, landers, networks, offers, sources } from '../resources.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import classes from './visit-facts.module.css'

type Visit = components['schemas']['Visit']

/** What is known of a visit; what is not known is not shown. */
export function VisitFacts({ visit }: { readonly visit: Visit | null }) {
  const facts = useFacts(visit)
  if (visit === null) return <Alert color="yellow">{texts.story.notYet}</Alert>
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function useFacts(visit: Visit | null): readonly (readonly [name: string, value: string])[] {
  const { currency } = useMe().workspace
  const names = {
    campaign: useNames(campaigns),
    source: useNames(sources),
    network: useNames(networks),
    offer: useNames(offers),
    lander: useNames(landers),
  }
  if (visit === null) return []
  const fact = (name: string) => visit.facts[name] ?? ''
  const words = texts.story.facts
  return [
    [words.campaign, names.campaign(fact('campaignId'))],
    [words.source, names.source(fact('trafficSourceId'))],
    [words.lander, names.lander(fact('landerId'))],
    [words.offer, names.offer(fact('offerId'))],
    [words.network, names.network(fact('affiliateNetworkId'))],
    [words.externalId, fact('externalId')],
    [words.cost, Number(visit.cost) === 0 ? '' : formatMoney(visit.cost, currency, 6)],
    [words.place, joinKnown(', ', fact('city'), fact('region'), fact('country'))],
    [words.isp, fact('isp')],
    [words.ip, fact('ip')],
    [words.device, joinKnown(', ', fact('deviceType'), fact('deviceBrand'))],
    [words.os, joinKnown(' ', fact('os'), fact('osVersion'))],
    [words.browser, joinKnown(' ', fact('browser'), fact('browserVersion'))],
    [words.language, fact('language')],
    [words.referrer, fact('referrer')],
    [words.bot, fact('bot')],
    ...Object.entries(visit.facts).filter(([name]) => /^sub\d+$/.test(name)),
    ...Object.entries(visit.tokens),
    ...Object.entries(visit.params),
  ]
}

function joinKnown(separator: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(separator)
}
