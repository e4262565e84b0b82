import { z } from 'zod'
import { createAddressSet, findRangeProblem } from '../domain/address-range.ts'
import { HIT_KINDS, type Hit, type HitOutcome } from '../domain/hit.ts'
import { parseHit } from '../domain/hit-params.ts'
import { LIMITS } from '../domain/limits.ts'
import type { HitSearch } from '../store/hit-search.ts'
import { pageQuery } from './page.ts'
import { shownParams } from './shown-params.ts'

export const JUDGED_OUTCOMES = [
  'recorded',
  'updated',
  'duplicate',
  'rejected',
  'test',
  'unmatched',
  'malformed',
  'unauthorized',
] as const satisfies readonly HitOutcome[]

const ID_CHARS_MAX = 100
const TEXT_CHARS_MAX = 200
const ADDRESS_CHARS_MAX = 100

const idField = z.string().max(ID_CHARS_MAX)
const textField = z.string().min(1).max(TEXT_CHARS_MAX)

/** Given once, or several times: any of them. */
const anyOf = <Word extends string>(words: readonly [Word, ...Word[]]) =>
  z.union([z.enum(words), z.array(z.enum(words)).max(words.length)])

export const hitSearchQuery = pageQuery.extend({
  outcome: anyOf(JUDGED_OUTCOMES).optional().describe('Several times: any of them'),
  kind: anyOf(HIT_KINDS).optional().describe('Several times: any of them'),
  reason: textField.optional().describe('Part of it'),
  clickId: idField.optional(),
  conversionId: idField.optional(),
  affiliateNetworkId: idField.optional(),
  advertiserId: idField.optional(),
  affiliateId: idField.optional(),
  offer: textField.optional().describe('As the sender named it'),
  event: textField.optional().describe('As the sender named it'),
  txid: z.string().min(1).max(LIMITS.txidCharsMax).optional(),
  ip: z
    .string()
    .max(ADDRESS_CHARS_MAX)
    .refine((text) => findRangeProblem(text) === undefined, 'must be an IP address or a CIDR range')
    .optional()
    .describe('Address, CIDR range, or range a-b'),
  host: textField.optional(),
  path: textField.optional().describe('How it begins'),
  dialect: z.string().max(ID_CHARS_MAX).optional().describe("Whose URL it came by, e.g. voluum; '' for ours"),
  reportedBy: idField.optional().describe('user:ID or key:ID'),
  param: z.string().min(1).max(LIMITS.paramNameCharsMax).optional().describe('Name of a parameter'),
  value: textField.optional().describe('Value of that parameter, or of any; secrets are compared as shown'),
  text: textField.optional().describe('Part of anything that was sent, in any case; secrets are left out'),
  from: z.iso.datetime().optional().describe('Received at or after'),
  to: z.iso.datetime().optional().describe('Received before'),
})

type HitSearchQuery = z.output<typeof hitSearchQuery>

/** What the query asks of the store. */
export function toHitSearch(query: Omit<HitSearchQuery, 'limit' | 'cursor'>): HitSearch {
  const { outcome, kind, from, to, reason, clickId, conversionId } = query
  const { affiliateNetworkId, advertiserId, affiliateId } = query
  const tests = requestTests(query)
  return {
    outcomes: outcome === undefined ? undefined : [outcome].flat(),
    kinds: kind === undefined ? undefined : [kind].flat(),
    reason,
    clickId,
    conversionId,
    affiliateNetworkId,
    advertiserId,
    affiliateId,
    receivedFrom: from === undefined ? undefined : Date.parse(from),
    receivedTo: to === undefined ? undefined : Date.parse(to),
    matches: tests.length === 0 ? undefined : (hit) => tests.every((test) => test(hit)),
  }
}

type Test = (hit: Hit) => boolean

function requestTests(query: Omit<HitSearchQuery, 'limit' | 'cursor'>): readonly Test[] {
  const { ip, host, path, dialect, reportedBy, text } = query
  const tests: Test[] = []
  if (ip !== undefined) {
    const addresses = createAddressSet([ip])
    tests.push((hit) => addresses.has(hit.ip))
  }
  if (host !== undefined) tests.push((hit) => hit.host.toLowerCase() === host.toLowerCase())
  if (path !== undefined) tests.push((hit) => hit.path.startsWith(path))
  if (dialect !== undefined) tests.push((hit) => (hit.dialect ?? '') === dialect)
  if (reportedBy !== undefined) tests.push((hit) => (hit.reportedBy ?? '') === reportedBy)
  if (text !== undefined) tests.push(holdsText(text))
  return [...tests, ...paramTests(query), ...fieldTests(query)]
}

function paramTests({ param, value }: Pick<HitSearchQuery, 'param' | 'value'>): readonly Test[] {
  if (param === undefined && value === undefined) return []
  const name = param?.toLowerCase()
  return [
    (hit) =>
      shownParams(hit).some(
        (one) =>
          (name === undefined || one.name.toLowerCase() === name) &&
          (value === undefined || one.value === value),
      ),
  ]
}

/** Under whatever name the sender gives them. */
function fieldTests({
  offer,
  event,
  txid,
}: Pick<HitSearchQuery, 'offer' | 'event' | 'txid'>): readonly Test[] {
  const wanted = Object.entries({ offer, event, txid }).filter(([, value]) => value !== undefined)
  if (wanted.length === 0) return []
  return [
    (hit) => {
      const { fields } = parseHit(hit.params)
      const said: Readonly<Record<string, string>> = {
        offer: fields.offer,
        event: fields.event,
        txid: fields.txid,
      }
      return wanted.every(([name, value]) => said[name] === value)
    },
  ]
}

/** The query string as sent is not looked at: it holds the secrets. */
function holdsText(text: string): Test {
  const wanted = text.toLowerCase()
  return (hit) => {
    const params = shownParams(hit).flatMap(({ name, value }) => [name, value])
    const said = [hit.id, hit.host, hit.path, hit.ip, hit.userAgent, hit.referrer, ...params]
    return said.some((each) => each.toLowerCase().includes(wanted))
  }
}
