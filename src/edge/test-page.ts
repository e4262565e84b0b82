import { createHash } from 'node:crypto'
import { escapeHtml } from '../domain/escape-html.ts'
import type { Hit, HitAnswer, HitStep } from '../domain/hit.ts'
import type { Exchange, HeaderList } from './exchange.ts'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;\
border-bottom:1px solid #ccc;overflow-wrap:anywhere}code{overflow-wrap:anywhere}`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** Nothing is loaded and nothing runs; only the page's own style applies. */
const HEADERS: HeaderList = [
  'Cache-Control',
  'no-store',
  'Content-Type',
  'text/html; charset=utf-8',
  'Content-Security-Policy',
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors *`,
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
]

/** What each step of judging looks at, for a person who has never read of it. */
const STEP_WORDS: Readonly<Record<string, string>> = {
  visit: 'Which visit it belongs to',
  token: 'The secret of the sender',
  signature: 'The signature of the sender',
  address: 'The address that it came from',
  referrer: 'The page that it came from',
  event: 'The event that it reports',
  status: 'The status that it reports',
  amount: 'The amount that it reports',
  advertiser: 'The advertiser',
  'offer status': 'The offer',
  affiliate: 'The affiliate of the visit',
  access: 'Whether the affiliate may run the offer',
  window: 'The time since the visit',
  cap: 'The caps of the offer',
  duplicate: 'Whether it is known already',
  price: 'What it is worth',
  notification: 'Who would be told',
}

/** Whether a hit asks to be checked and not counted. */
export function isTestHit({ params }: Hit): boolean {
  return params.some(([name, value]) => name.toLowerCase() === 'test' && value.trim() === '1')
}

/** Answers a test of a conversion to the person who opened its URL in a browser. */
export function sendTestPage(exchange: Exchange, status: number, answer: HitAnswer): void {
  exchange.send(status, [...HEADERS, 'X-Trailpost-Outcome', answer.outcome], testPage(answer))
}

/**
 * A page that explains every step of a hit with `test=1` (PROTOCOL section 2): everything was checked, nothing was
 * counted. It is read without scripts, and whatever the sender wrote is shown as text.
 */
function testPage(answer: HitAnswer): string {
  const { outcome, reason = '', hit, clickId = '', steps = [] } = answer
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Test of a conversion</title>
<style>${STYLE}</style></head>
<body>
<h1>Test of a conversion</h1>
<p><strong>${escapeHtml(verdictOf(answer))}</strong></p>
<p>This was a test: everything was checked, nothing was counted, and nobody was told.</p>
${steps.length === 0 ? '' : stepTable(steps)}
<p>Outcome: <code>${escapeHtml(outcome)}</code>${reason === '' ? '' : `, because: ${escapeHtml(reason)}`}<br>
Visit: <code>${escapeHtml(clickId === '' ? 'none' : clickId)}</code><br>
Hit: <code>${escapeHtml(hit)}</code></p>
</body>
</html>
`
}

function verdictOf({ outcome, reason = '', steps = [] }: HitAnswer): string {
  if (outcome === 'queued') return 'The test was kept and not judged yet: try it again in a moment.'
  if (outcome !== 'test') return 'The test could not be carried out.'
  const failed = steps.find(({ step, ok }) => !ok && step !== 'notification')
  if (failed === undefined && reason === '') return 'Without test=1 this conversion would be counted.'
  return 'Without test=1 this conversion would not be counted.'
}

function stepTable(steps: readonly HitStep[]): string {
  const rows = steps.map(
    ({ step, ok, detail }) =>
      `<tr><th scope="row">${escapeHtml(STEP_WORDS[step] ?? step)}</th><td>${ok ? 'passed' : 'failed'}</td>` +
      `<td>${escapeHtml(detail)}</td></tr>`,
  )
  return `<table>
<thead><tr><th scope="col">Checked</th><th scope="col">Result</th><th scope="col">Why</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}
