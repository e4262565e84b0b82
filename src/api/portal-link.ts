import { z } from 'zod'
import {
  type AffiliateLink,
  affiliateImpressionUrl,
  affiliateLink,
  deepLinkProblem,
} from '../domain/affiliate-link.ts'
import { LIMITS } from '../domain/limits.ts'
import { type Domain, listDomains } from '../store/domains.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { linkOrigin } from './campaign-link.ts'
import { idParams } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import { type Standing, whyNoLink } from './portal-offer-standing.ts'
import { loadStanding } from './portal-standings.ts'
import { type FieldError, invalidFields } from './problem.ts'

const DOMAINS_MAX = 100
const SUB_NAMES = [
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
  ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
]
const valueField = z.string().max(LIMITS.paramValueCharsMax).default('')

const linkQuery = z.object({
  sub1: valueField,
  sub2: valueField,
  sub3: valueField,
  sub4: valueField,
  sub5: valueField,
  sub6: valueField,
  sub7: valueField,
  sub8: valueField,
  sub9: valueField,
  sub10: valueField,
  source: valueField.describe('Which of your sources the visitor comes from'),
  aff_click_id: z.string().max(LIMITS.externalIdCharsMax).default('').describe('Your own click id'),
  url: z.string().max(4_096).default('').describe("A page of the offer's domains to lead to; '' for its own"),
  lp: z.string().max(64).default('').describe('Id of a landing page of the offer'),
  domainId: z.string().max(64).default('').describe("Whose host the link has; '' for the network's own"),
})

const linkSchema = z
  .object({
    link: z.string().describe("'' when there is none"),
    impressionUrl: z
      .string()
      .describe('An image that counts that your ad was shown, for offers that pay for impressions'),
    reason: z.string().describe("Why there is none, and what to do; '' when there is one"),
    domains: z.array(z.object({ id: z.string(), name: z.string() })).describe('To choose domainId from'),
  })
  .meta({ id: 'PortalLink' })

/** The affiliate link of an offer, with sub ids, a deep link or a landing page, on a domain of choice. */
export function portalLinkRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/portal/offers/:id/link', {
    schema: {
      tags: ['portal'],
      summary: 'Build an affiliate link',
      params: idParams,
      querystring: linkQuery,
      response: { 200: linkSchema },
    },
    handler: async (request) => {
      const { store, publicUrl } = deps
      const user = await portalUser(store.db, request)
      const standing = await loadStanding(store, user, { id: request.params.id, now: deps.clock() })
      const domains = await loadDomains(store.db, user.workspace)
      const wanted = request.query
      checkWanted(standing, domains, wanted)
      const reason = whyNoLink(standing)
      const domain = domains.find(({ id }) => id === wanted.domainId)
      const link: AffiliateLink = {
        origin: linkOrigin(publicUrl, domain),
        affiliateId: user.affiliateId,
        ...linkOf(standing, wanted),
      }
      return {
        link: reason === '' ? affiliateLink(link) : '',
        impressionUrl: reason === '' ? affiliateImpressionUrl(withoutPage(link)) : '',
        reason,
        domains: domains.map(({ id, name }) => ({ id, name })),
      }
    },
  })
}

type WantedLink = z.output<typeof linkQuery>

function linkOf({ offer }: Standing, wanted: WantedLink): Pick<AffiliateLink, 'offerId' | 'params'> {
  const names = [...SUB_NAMES, 'source', 'aff_click_id', 'lp', 'url'] as const
  return { offerId: offer.id, params: names.map((name) => [name, wanted[name]] as const) }
}

/** What is shown leads nowhere. */
function withoutPage(link: AffiliateLink): AffiliateLink {
  return { ...link, params: link.params.filter(([name]) => name !== 'url' && name !== 'lp') }
}

function checkWanted({ terms }: Standing, domains: readonly Domain[], wanted: WantedLink): void {
  const errors: FieldError[] = []
  const { url, lp, domainId } = wanted
  const problem = url === '' ? '' : deepLinkProblem(url, terms.deepLinkDomains)
  if (problem !== '') errors.push({ field: 'url', message: problem })
  if (url !== '' && lp !== '')
    errors.push({ field: 'lp', message: 'a link leads to url or to lp, not to both' })
  if (lp !== '' && !terms.landingPages.some(({ id }) => id === lp)) {
    errors.push({ field: 'lp', message: `this offer has no landing page "${lp}"` })
  }
  if (domainId !== '' && !domains.some(({ id }) => id === domainId)) {
    errors.push({ field: 'domainId', message: `there is no domain "${domainId}"` })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

async function loadDomains(db: Db, workspace: string): Promise<readonly Domain[]> {
  return (await listDomains(db, workspace, { limit: DOMAINS_MAX })).items
}
