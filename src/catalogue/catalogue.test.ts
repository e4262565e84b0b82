import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { campaignLink } from '../api/campaign-link.ts'
import { mapStatus } from '../domain/conversion.ts'
import { parseHit } from '../domain/hit-params.ts'
import { compileTemplate, renderTemplate } from '../domain/macros.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import { parseQuery } from '../edge/query.ts'
import type { IndexedCampaign, ParamRole } from '../edge/snapshot-index.ts'
import { readVisitParams } from '../edge/visit-params.ts'
import networkEntries from './affiliate-networks.json' with { type: 'json' }
import type { AffiliateNetworkTemplate, TrafficSourceTemplate } from './catalogue-schema.ts'
import { fillPlaceholders } from './fill-placeholders.ts'
import { findPlaceholders } from './find-placeholders.ts'
import { builtInFamilies, builtInTemplates } from './load-catalogue.ts'
import { postbackUrls, toQueryText } from './postback-urls.ts'
import sourceEntries from './traffic-sources.json' with { type: 'json' }

const { trafficSources, affiliateNetworks, problems } = builtInTemplates()
const reporting = affiliateNetworks.filter((template) => template.reporting === 'postback')

describe('the built-in catalogue', () => {
  it('is sound, and none of its entries is left out', () => {
    expect(problems).toEqual([])
    expect(trafficSources).toHaveLength(sourceEntries.length)
    expect(affiliateNetworks).toHaveLength(networkEntries.length)
    expect(trafficSources.length).toBeGreaterThanOrEqual(110)
    expect(affiliateNetworks.length).toBeGreaterThanOrEqual(124)
  })

  it.each([
    ['traffic sources', trafficSources],
    ['affiliate networks', affiliateNetworks],
  ])('names each of the %s once', (_kind, templates) => {
    const spellings = templates.map(({ name }) => name.toLowerCase().replace(/[^a-z0-9]/g, ''))
    expect(spellings.filter((name, index) => spellings.indexOf(name) !== index)).toEqual([])
  })

  it('uses every family by two templates or as a platform of its own', () => {
    for (const [list, families] of [
      [trafficSources, builtInFamilies().trafficSources],
      [affiliateNetworks, builtInFamilies().affiliateNetworks],
    ] as const) {
      const unused = Object.keys(families).filter((key) => list.every(({ family }) => family !== key))
      expect(unused).toEqual([])
    }
  })

  it('says where each fact is from and how sure it is', () => {
    for (const { source, confidence } of [...trafficSources, ...affiliateNetworks]) {
      expect(source).not.toBe('not stated')
      expect(['high', 'medium', 'low']).toContain(confidence)
    }
  })
})

describe('a template of a traffic source', () => {
  it.each(trafficSources.map((template) => [template.key, template] as const))(
    '%s: its macros stand in the campaign link as they are',
    (_key, template) => {
      const link = campaignLink('https://track.example', 'abc', sourceOf(template))
      for (const { param, macro } of parametersOf(template)) {
        if (macro !== '') expect(`${link}&`).toMatch(new RegExp(`[?&]${escaped(`${param}=${macro}`)}&`))
      }
    },
  )

  it.each(trafficSources.map((template) => [template.key, template] as const))(
    '%s: a visit whose macros were left unfilled says nothing',
    (_key, template) => {
      const link = campaignLink('https://track.example', 'abc', sourceOf(template))
      const { dimensions, json } = readVisitParams(parseQuery(queryOf(link)), indexed(template))
      expect({ dimensions, json }).toEqual({ dimensions: {}, json: '' })
    },
  )

  it.each(trafficSources.map((template) => [template.key, template] as const))(
    '%s: what its macros are filled with arrives under their names',
    (_key, template) => {
      const filled = parametersOf(template).map(({ param }, index) => `${param}=value${index}`)
      const { dimensions } = readVisitParams(parseQuery(filled.join('&')), indexed(template))
      expect(Object.keys(dimensions.tokens ?? {})).toEqual(template.tokens.map(({ name }) => name))
      expect(dimensions.external_id).toBe(template.externalId === null ? undefined : 'value0')
    },
  )

  it.each(
    trafficSources
      .filter(({ targets }) => targets.length > 0)
      .map((template) => [template.key, template] as const),
  )('%s: its target is called with the click id and the amount', (_key, template) => {
    const filled = fillPlaceholders(template, replacementsOf(template))
    if (!filled.ok) throw new Error(JSON.stringify(filled.problems))
    for (const { url } of filled.template.targets) {
      expect(findPlaceholders(url)).toEqual([])
      const compiled = compileTemplate(url)
      if (!compiled.ok) throw new Error(compiled.reason)
      const values = {
        externalid: 'Ext-1&x',
        payout: '1.25',
        status: 'approved',
        currency: 'USD',
        txid: 't1',
      }
      const called = new URL(renderTemplate(compiled.template, values))
      expect(called.href).toContain('Ext-1%26x')
      if (url.includes('{payout}')) expect([...called.searchParams.values()]).toContain('1.25')
      expect(called.href).not.toMatch(/[{}]|REPLACE/)
    }
  })

  it('is refused while a placeholder has no value, by name and with a hint', () => {
    for (const template of trafficSources.filter(({ placeholders }) => placeholders.length > 0)) {
      const refused = fillPlaceholders(template, {})
      expect(refused).toMatchObject({
        ok: false,
        problems: template.placeholders.map(({ name, hint }) => ({ name, message: `is needed: ${hint}` })),
      })
    }
  })
})

describe('a template of an affiliate network', () => {
  it.each(affiliateNetworks.map((template) => [template.key, template] as const))(
    '%s: its offer link carries the click id',
    (_key, template) => {
      const { clickId, offerParams } = template
      const path = clickId.where === 'path' ? clickId.text : ''
      const own = clickId.where === 'query' ? `${clickId.param}={clickid}` : ''
      const query = [own, ...offerParams.map(({ param, value }) => `${param}=${value}`)].join('&')
      const compiled = compileTemplate(`https://offer.example/go${path}?${query}`)
      if (!compiled.ok) throw new Error(compiled.reason)
      const link = renderTemplate(compiled.template, { clickid: 'click-1' })
      expect(link.includes('click-1')).toBe(clickId.where !== 'unknown')
    },
  )

  it.each(reporting.map((template) => [template.key, template] as const))(
    '%s: what it fills in comes back as click id, amount, transaction and status',
    (_key, template) => {
      for (const { pairs } of postbackUrls(template)) {
        for (const [word, status] of Object.entries({ approved: 'approved', ...template.statusMap })) {
          const sent = fillIn(toQueryText(pairs), template, word)
          const { names, values } = parseQuery(sent)
          const hit = parseHit(names.map((name, index): [string, string] => [name, values[index] ?? '']))
          expect(hit).toMatchObject({ ok: true, fields: { cid: 'CLICK-1' } })
          const named = new Map(pairs)
          const told = (['payout', 'txid', 'currency'] as const).filter(
            (name) => template.incoming[name] !== '',
          )
          expect([...named.keys()]).toEqual(expect.arrayContaining(told))
          if (named.has('payout')) expect(hit.fields.payoutMicros).toBe(12_500_000)
          if (named.has('txid')) expect(hit.fields.txid).toBe('TX-1')
          if (named.has('currency')) expect(hit.fields.currency).toBe('EUR')
          const mapped = mapStatus(hit.fields.status, hit.fields.statusMap, template.statusMap)
          const fixed = named.get('status')
          if (fixed !== undefined && !isUnfilledMacro(fixed)) expect(mapped).toBe(fixed)
          else if (fixed !== undefined) expect(mapped).toBe(status)
        }
      }
    },
  )

  it.each(reporting.map((template) => [template.key, template] as const))(
    '%s: a macro that it left unfilled counts as empty',
    (_key, template) => {
      for (const { pairs } of postbackUrls(template)) {
        const macros = pairs.filter(([, value]) => !/^[a-z_]+$/.test(value))
        const hit = parseHit(macros)
        expect(hit.fields).toMatchObject({
          cid: '',
          payoutMicros: undefined,
          txid: '',
          currency: '',
          status: '',
        })
        expect(hit.fields.values).toEqual({})
      }
    },
  )

  it('that is read by API or not known to report names no macros it would fill', () => {
    for (const { incoming } of affiliateNetworks.filter((template) => template.reporting !== 'postback')) {
      expect(Object.values(incoming).join('')).toBe('')
    }
  })

  it('that tells states apart by URL has one for each', () => {
    const several = affiliateNetworks.filter(({ urls }) => urls.length > 0)
    expect(several.length).toBeGreaterThan(10)
    for (const template of several) {
      const titles = postbackUrls(template).map(({ title }) => title)
      expect(new Set(titles).size).toBe(template.urls.length)
    }
  })
})

describe('a placeholder', () => {
  it.each([
    ['https://a.test/?aid=REPLACE', ['REPLACE']],
    ['https://a.test/?aid=REPLACE_AID&x=REPLACE_AID', ['REPLACE_AID']],
    ['https://a.test/REPLACE_HASH/?c={externalid}', ['REPLACE_HASH']],
    ['https://a.test/?t=__REPLACE_TRACK_ID__', ['REPLACE_TRACK_ID']],
    ['https://a.test/?k=[REPLACE-WITH-KEY]', ['REPLACE-WITH-KEY']],
    ['https://a.test/?k={REPLACE_FROM_DAO_CAMPAIGN}', ['REPLACE_FROM_DAO_CAMPAIGN']],
    ['https://a.test/?user=replace&cid=1', ['replace']],
    ['https://a.test/?user={replace}', ['replace']],
    ['https://a.test/?key=UNIQUEID&token=UNIQUE_TOKEN', ['UNIQUEID', 'UNIQUE_TOKEN']],
    ['https://a.test/?key=YOUR_KEY&nid=YOUR_ID', ['YOUR_KEY', 'YOUR_ID']],
    ['https://a.test/name/YourLogin_adsterra/at', ['YourLogin']],
    ['https://a.test/?AID={AID-FROM-DASHBOARD}', ['AID-FROM-DASHBOARD']],
    ['https://a.test/?cid=######&c={externalid}', ['######']],
    ['https://a.test/XXXXXX-XXXX-XXXX-XXXX-XXXXXX?cid=1', ['XXXXXX-XXXX-XXXX-XXXX-XXXXXX']],
    ['https://a.test/?e={status}XXXXXX&r=1', ['XXXXXX']],
    ['https://a.test/?p=PROPERTY_ID', ['PROPERTY_ID']],
    ['https://a.test/?p={CHANGE_FOR_SUMM}', ['CHANGE_FOR_SUMM']],
  ])('is found in %s', (text, found) => {
    expect(findPlaceholders(text)).toEqual(found)
  })

  it.each([
    'https://a.test/replace/?utm=REPLACEMENT',
    `https://a.test/?sub=\${SUBID}`,
    'https://a.test/?cid={clickid}&k=###KEYWORD###&z=##COST_CPC##&s=#s2#',
    'https://a.test/?x=__CLICKID__&y=[CLICK_ID]&z={property_id}#part',
    'https://a.test/?size=XXXL&size=XXL&name=yourname&c=SHIRT_FROM_PARIS',
    'https://a.test/?q=irreplaceable&mode=replace-all',
  ])('is none in %s', (text) => {
    expect(findPlaceholders(text)).toEqual([])
  })

  it('is looked for in time that grows with the text alone', () => {
    for (const piece of ['REPLACE_', 'YOUR_A', 'X-', '#', 'INSERT_A_', 'AB_FROM_']) {
      expect(Array.isArray(findPlaceholders(piece.repeat(4_000)))).toBe(true)
    }
  })

  it('is filled whole: one whose name begins another is not mistaken for it', () => {
    const template = {
      placeholders: [
        { name: 'REPLACE_C', hint: 'c' },
        { name: 'REPLACE_CID', hint: 'cid' },
      ],
      url: 'https://a.test/?c=REPLACE_C&cid=REPLACE_CID',
    }
    const filled = fillPlaceholders(template, { REPLACE_C: '1', REPLACE_CID: '2' })
    expect(filled).toMatchObject({ ok: true, template: { url: 'https://a.test/?c=1&cid=2' } })
  })

  it('takes no value that ends the parameter, makes a macro or is a placeholder itself', () => {
    const template = { placeholders: [{ name: 'REPLACE_C', hint: 'c' }] }
    for (const value of [
      'a&b',
      '{clickid}',
      'a b',
      'a#b',
      'x?y',
      'REPLACE_C',
      'REPLACE',
      '"',
      '<',
      'a'.repeat(201),
    ]) {
      expect(fillPlaceholders(template, { REPLACE_C: value })).toMatchObject({ ok: false })
    }
    expect(fillPlaceholders(template, { REPLACE_C: '1', REPLACE_D: '2' })).toMatchObject({ ok: false })
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._~-]{1,50}$/), (value) => {
        expect(fillPlaceholders({ ...template, text: 'REPLACE_C' }, { REPLACE_C: value })).toMatchObject({
          ok: findPlaceholders(value).length === 0,
        })
      }),
    )
  })
})

function parametersOf({ externalId, cost, tokens }: TrafficSourceTemplate) {
  return [externalId, ...tokens, cost].filter((parameter) => parameter !== null)
}

function sourceOf({ name, externalId, cost, tokens, key }: TrafficSourceTemplate) {
  return {
    id: 'source',
    workspace: 'main',
    createdAt: 0,
    updatedAt: 0,
    archivedAt: null,
    name,
    externalIdParam: externalId?.param ?? '',
    externalIdMacro: externalId?.macro ?? '',
    costParam: cost?.param ?? '',
    costMacro: cost?.macro ?? '',
    currency: 'USD',
    tokens,
    template: key,
    timeZone: '',
    trafficLossPercent: 0,
  }
}

/** As an edge indexes a campaign of such a source. */
function indexed({ externalId, cost, tokens }: TrafficSourceTemplate): IndexedCampaign {
  const roles = new Map<string, ParamRole>()
  for (const { name, param } of tokens) roles.set(param, { type: 'token', name })
  if (cost !== null) roles.set(cost.param, { type: 'cost' })
  if (externalId !== null) roles.set(externalId.param, { type: 'external_id' })
  return { roles, cost: { type: 'none' } } as unknown as IndexedCampaign // all that readVisitParams looks at
}

function queryOf(link: string): string {
  return link.split('?').slice(1).join('?')
}

function replacementsOf({ placeholders }: TrafficSourceTemplate): Record<string, string> {
  return Object.fromEntries(placeholders.map(({ name }, index) => [name, `own-${index}`]))
}

/** What the network does: its macros, wherever they stand, are replaced in the text of the URL. */
function fillIn(query: string, { incoming, urls }: AffiliateNetworkTemplate, word: string): string {
  const values: readonly (readonly [macro: string, value: string])[] = [
    [incoming.clickId, 'CLICK-1'],
    [incoming.txid, 'TX-1'],
    [incoming.status, encodeURIComponent(word)],
    [incoming.payout, '12.50'],
    [incoming.currency, 'EUR'],
    ...urls.map(({ payout = '' }): [string, string] => [payout, '12.50']),
  ]
  const byLength = [...values].filter(([macro]) => macro !== '').sort((a, b) => b[0].length - a[0].length)
  return byLength.reduce((text, [macro, value]) => text.replaceAll(macro, value), query)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
