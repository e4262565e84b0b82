/**
 * What a network or an advertiser puts in place to report conversions (PROTOCOL section 2). The braces stand for
 * the sender's own macros; one that is left as it is counts as empty. The token goes with pixels too, since hits of
 * a network that has one are refused without it; visitors can read it there, so the postback is the safer way.
 */
export function incomingSnippets(publicUrl: string, token: string) {
  const secret = token === '' ? '' : `&token=${encodeURIComponent(token)}`
  const values = `payout={payout}&currency={currency}&txid={transaction_id}`
  const pixel = (path: string) => escapeAttribute(`${publicUrl}/${path}?${values}${secret}`)
  return {
    postbackUrl: `${publicUrl}/postback?cid={click_id}&${values}&status={status}${secret}`,
    imagePixel: `<img src="${pixel('pixel.gif')}" width="1" height="1" alt="">`,
    iframePixel: `<iframe src="${pixel('pixel.html')}" width="1" height="1" style="border:0" title=""></iframe>`,
  }
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
