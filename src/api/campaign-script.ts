import { z } from 'zod'
import { getCampaign } from '../store/campaigns.ts'
import { getDomain } from '../store/domains.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'

/** Takes calls until tp.js is there, and makes them then. */
export const SCRIPT_STUB =
  'window.trailpost=window.trailpost||function(){(trailpost.q=trailpost.q||[]).push(arguments)};'

const scriptSchema = z
  .object({
    visit: z.string().describe('Counts a visit to the campaign, for pages that ads link to directly'),
    organic: z.string().describe('The same for visitors who come by no ad: they cost nothing'),
    lander: z
      .string()
      .describe('Counts lander views and fills `{clickid}` in links, behind the tracking link'),
    conversion: z.string().describe('Reports a conversion, for the page behind the checkout'),
    update: z
      .string()
      .describe('Sets values of the visit: a sub id, a token, a number, and one that adds up'),
    click: z.string().describe('A button that goes on to the offer'),
    clickId: z.string().describe('Writes the click id into a field of a form'),
    serverUpdate: z.string().describe('The same as update for a server with an API key, as a curl command'),
    honeypot: z.string().describe('A link that no person sees: what follows it is a bot'),
  })
  .meta({ id: 'CampaignScript' })

/** GET /api/v1/campaigns/:id/script: the HTML to paste into a page, ready for the campaign. */
export function campaignScriptRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/campaigns/:id/script', {
    schema: {
      tags: ['campaigns'],
      summary: 'HTML snippets of tp.js for a campaign',
      params: idParams,
      response: { 200: scriptSchema },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const campaign = await getCampaign(db, { workspace, id: request.params.id })
      if (campaign === undefined) throw notFound('campaign', request.params.id)
      const domain = await getDomain(db, { workspace, id: campaign.domainId })
      const host = hostUrl(deps.publicUrl, domain?.name)
      return { ...campaignScript(host, campaign.slug), serverUpdate: serverUpdate(deps.dashboardUrl) }
    },
  })
}

/** The host of the campaign's own domain, in the scheme of the installation's. */
function hostUrl(publicUrl: string, domain: string | undefined): string {
  return domain === undefined ? publicUrl : `${new URL(publicUrl).protocol}//${domain}`
}

/** @param slug letters, digits and hyphens: it needs no escaping in HTML and in JavaScript. */
function campaignScript(host: string, slug: string): Omit<z.input<typeof scriptSchema>, 'serverUpdate'> {
  const src = escapeAttribute(`${host}/tp.js`)
  const tag = `<script src="${src}" async></script>`
  const calling = (calls: string, script = tag) => `<script>${SCRIPT_STUB}${calls}</script>\n${script}`
  return {
    visit: calling(`trailpost('visit',{campaign:'${slug}'});trailpost('view')`),
    organic: calling(
      `trailpost('visit');trailpost('view')`,
      `<script src="${src}" data-campaign="${slug}" async></script>`,
    ),
    lander: calling(`trailpost('view')`),
    conversion: calling(
      `trailpost('conversion',{event:'sale',payout:'9.99',currency:'USD',txid:'ORDER-ID'})`,
    ),
    update: calling(`trailpost('update',{sub1:'VALUE',tokens:{plan:'pro'},event1:5,add_event2:1})`),
    click: `${calling('')}\n<button type="button" onclick="trailpost('click',{offer:1})">Go on</button>`,
    clickId: calling(`trailpost('clickid',function(id){document.querySelector('[name=clickid]').value=id})`),
    honeypot: `<a href="${escapeAttribute(`${host}/tp/trap?cid={clickid}`)}" rel="nofollow" tabindex="-1" aria-hidden="true" style="display:none"></a>`,
  }
}

function serverUpdate(dashboardUrl: string): string {
  const update = {
    subs: { sub1: 'VALUE' },
    tokens: { plan: 'pro' },
    numbers: { set: { event1: 5 }, add: { event2: 1 } },
    key: 'ORDER-ID',
  }
  return `curl -H "Authorization: Bearer $KEY" ${dashboardUrl}/api/v1/visits/CLICK-ID/update \\
  --json '${JSON.stringify(update)}'`
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
