import { playRole } from './role.ts'

/**
 * An advertiser's web site: landers with one and with two buttons to the tracker, shops that keep the click id in
 * their links and report sales by an image or iframe pixel, and a store that carries the tracker's script and needs
 * no redirect at all. It knows no postback.
 */
let trackerUrl = ''

if (process.send !== undefined) {
  playRole(
    (_request, response, url) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(page(url.pathname, url.searchParams.get('cid') ?? ''))
    },
    async (question) => {
      trackerUrl = String(question.trackerUrl)
      return true
    },
  )
}

const PRICE = '9.99'

function page(path: string, clickId: string): string {
  const cid = encodeURIComponent(clickId)
  switch (path) {
    case '/lander':
      return html('Lander', `<a href="${trackerUrl}/click?cid=${cid}">Go to the offer</a>`)
    case '/two-calls':
      return html(
        'Choose',
        [1, 2].map((n) => `<a href="${trackerUrl}/click/${n}?cid=${cid}">Offer ${n}</a>`).join(' '),
      )
    case '/shop':
      return html('Shop', `<a id="buy" href="/thanks?cid=${cid}">Buy</a>`)
    case '/shop-image':
      return html('Shop', `<a id="buy" href="/thanks-image?cid=${cid}">Buy</a>`)
    case '/thanks':
      return html(
        'Thank you',
        `<iframe src="${pixel('pixel.html', cid)}" width="1" height="1" title=""></iframe>`,
      )
    case '/thanks-image':
      return html('Thank you', `<img src="${pixel('pixel.gif', cid)}" width="1" height="1" alt="">`)
    case '/store':
      // The script writes the click id into the link once it knows it.
      return html(
        'Store',
        `<a id="buy" href="${trackerUrl}/click?cid={clickid}">Buy</a>${script("trailpost('visit', { campaign: 'demo-script' })")}`,
      )
    case '/store-thanks':
      return html(
        'Thank you',
        script(`trailpost('conversion', { payout: '${PRICE}', currency: 'USD', txid: 'once' })`),
      )
    default:
      return html('Not here', '')
  }
}

function pixel(file: string, cid: string): string {
  return `${trackerUrl}/${file}?cid=${cid}&amp;payout=${PRICE}&amp;currency=USD&amp;txid=order-${cid.slice(10, 20)}`
}

/** The snippet that the dashboard gives out: calls are queued until the script has loaded. */
function script(call: string): string {
  return `<script>window.trailpost=window.trailpost||function(){(trailpost.q=trailpost.q||[]).push(arguments)};${call}</script>
<script src="${trackerUrl}/tp.js" async></script>`
}

function html(title: string, body: string): string {
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${body}</html>`
}
