import { playRole } from './role.ts'

/**
 * An advertiser's web site: a lander with a button to the tracker, an offer page that keeps the click id, and
 * thank-you pages that carry the conversion pixel as an image or as an iframe.
 */
let trackerUrl = ''

if (process.send !== undefined) {
  playRole(
    (_request, response, url) => {
      const clickId = url.searchParams.get('cid') ?? ''
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(page(url.pathname, clickId))
    },
    async (question) => {
      trackerUrl = String(question.trackerUrl)
      return true
    },
  )
}

function page(path: string, clickId: string): string {
  const cid = encodeURIComponent(clickId)
  const html = (title: string, body: string) =>
    `<!doctype html><html lang="en"><title>${title}</title>${body}</html>`
  if (path === '/lander') {
    return html(
      'Lander',
      `<h1>Read this first</h1><a href="${trackerUrl}/click?cid=${cid}">Go to the offer</a>`,
    )
  }
  const pixel = (file: string) =>
    `${trackerUrl}/${file}?cid=${cid}&amp;payout=9.99&amp;currency=USD&amp;txid=order-${cid.slice(10, 20)}`
  if (path === '/thanks-image') {
    return html(
      'Thank you',
      `<h1>Thank you</h1><img src="${pixel('pixel.gif')}" width="1" height="1" alt="">`,
    )
  }
  if (path === '/thanks-iframe') {
    return html(
      'Thank you',
      `<h1>Thank you</h1><iframe src="${pixel('pixel.html')}" width="1" height="1" title="pixel"></iframe>`,
    )
  }
  const thanks = path === '/shop-image' ? '/thanks-image' : '/thanks-iframe'
  return html('Shop', `<h1>A shop</h1><a id="buy" href="${thanks}?cid=${cid}">Buy</a>`)
}
