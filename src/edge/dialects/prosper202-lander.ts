import type { EdgeContext } from '../edge-context.ts'
import type { Exchange, HeaderList } from '../exchange.ts'
import { parseQuery } from '../query.ts'
import { paramValue } from './param-value.ts'

const SCRIPT: HeaderList = [
  'Cache-Control',
  'no-cache',
  'Content-Type',
  'application/javascript; charset=utf-8',
  'X-Content-Type-Options',
  'nosniff',
]

/**
 * landing.php?lpip=…: the script that a lander carries. It loads tp.js and reports a visit without a redirect: of the
 * campaign that keeps the `t202id` in the page's address, else, as an organic visit, of the one that keeps
 * `prosper202:lp-LPIP`. Links of the page to Prosper202's redirects then carry the visit's id in `pci`, for browsers
 * that keep no cookies of other sites. An unknown lander has an empty script.
 */
export function handleLanderScript(context: EdgeContext, exchange: Exchange): void {
  const lpip = paramValue(parseQuery(exchange.rawQuery), 'lpip')
  const lander = context.snapshots.index.landersByLegacyId.get(`prosper202:${lpip}`)
  exchange.send(200, SCRIPT, lander === undefined ? '' : landerScript(lpip, lander.lander.id))
}

/** @param lpip a lander's legacy id, so that it holds no quotes or angle brackets. */
function landerScript(lpip: string, landerId: string): string {
  return `(function () {
  var own = document.currentScript
  if (!own) return
  var host = new URL(own.src).origin
  var page = new URLSearchParams(location.search)
  var id = page.get('t202id')
  var trailpost = (window.trailpost = window.trailpost || function () {
    (window.trailpost.q = window.trailpost.q || []).push(arguments)
  })
  var fields = { campaign: 'prosper202:' + (id || 'lp-${lpip}'), lander: ${JSON.stringify(landerId)} }
  if (!id) fields.organic = 1
  for (var n = 1; n <= 4; n++) if (page.get('c' + n)) fields['sub' + n] = page.get('c' + n)
  trailpost('visit', fields, function (clickId) {
    if (!clickId) return
    document.querySelectorAll('a[href*="/tracking202/redirect/"]').forEach(function (link) {
      var url = new URL(link.href)
      if (url.origin !== host) return
      url.searchParams.set('pci', clickId)
      link.href = url.href
    })
  })
  trailpost('view', { lander: fields.lander })
  var script = document.createElement('script')
  script.src = host + '/tp.js'
  script.async = true
  document.head.appendChild(script)
})()
`
}
