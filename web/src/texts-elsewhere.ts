/** The words of what stands on pages and in links outside Trailpost. */
export const scriptTexts = {
  impression: 'Impression image',
  impressionHint: 'For a traffic source that can load an image whenever it shows your ad.',
  withoutRedirect: 'Without a redirect',
  lead: 'For your own pages: what ads link to directly, and what stands before and after an offer.',
  visit: 'Page that ads link to',
  visitHint: 'Counts a visit to this campaign.',
  organic: 'The same, for visitors of no ad',
  organicHint: 'They cost nothing.',
  lander: 'Lander behind the campaign link',
  landerHint: 'Counts views, and fills {clickid} in its links.',
  conversion: 'Page after the purchase',
  conversionHint: 'Reports a conversion. Put your own amount and order id into it.',
  update: 'Values of the visit',
  updateHint:
    'Sets what it names and leaves the rest. event1 to event30, or number.NAME, are numbers; with add_ in front the number adds up.',
  click: 'Button to the offer',
  clickHint: 'For pages without a link. “offer” counts from 1: the second call to action is 2.',
  clickId: 'Click id in a form',
  clickIdHint: 'For a hidden field named “clickid”, so that your server knows the click id.',
  serverUpdate: 'Values of the visit, from your server',
  serverUpdateHint:
    'With an API key of the role manager. Sent twice under one key of yours, it is done once. “set” replaces a number, “add” adds to it.',
  attributes: 'Settings of the script tag',
  attributesHint: 'Attributes beside src, e.g. data-days="90".',
  attributeRows: [
    [
      'data-param',
      'Parameter of the page’s address that holds the click id, beside cid, clickid, click_id and tp_cid.',
    ],
    ['data-campaign', 'The campaign that visitors of no ad belong to.'],
    ['data-days', 'How many days the click id is kept. 30 without it.'],
    ['data-domain', 'E.g. shop.example: checkout.shop.example then knows the click id as well.'],
    ['data-gpc', '“honor”: of visitors who send Global Privacy Control nothing is kept or sent.'],
    ['data-debug', 'Problems are written to the browser’s console.'],
  ],
  honeypot: 'Trap for bots',
  honeypotHint: 'A link that no person sees. Whatever follows it is a bot.',
} as const

export const landerKeyTexts = {
  title: 'Check the key on your page',
  lead: 'A key is {expiry}.{mac}: expiry in Unix seconds, and the first 32 hex digits of HMAC-SHA256 over {lander id}.{expiry} under the secret.',
  param: '1. At the end of the lander URL',
  paramHint: 'Behind “?”, or behind “&” where it has parameters already.',
  php: '2. On your server: PHP',
  node: 'Or Node.js',
  secretHint: 'Put the secret in place of SECRET. It stays on the server, never in the page.',
  nodeHint:
    'isOpen(secret, key): key is the parameter “k” of the page’s address. The secret stays on the server.',
  ask: 'Or ask the tracking host',
  askHint:
    'For servers without HMAC: 200 “open”, or 403 “closed”. Not from the browser: a check there can be skipped.',
  saveFirst: 'Save the lander: the code to paste, with its id, appears beside the form.',
} as const

export const domainSetupTexts = {
  dns: '1. DNS',
  dnsAside: 'At whoever keeps the domain’s DNS, make this record.',
  record: 'Record',
  byName: 'A bare domain, such as example.com, takes no CNAME: use A or AAAA with this host’s addresses.',
  byAddress: 'The address of this installation.',
  localhost:
    'This installation calls itself localhost, where nobody else comes. Its operator sets TRAILPOST_PUBLIC_URL to the host that visitors use.',
  certificate: '2. Certificate',
  certificateAside:
    'The proxy in front of Trailpost serves it. 127.0.0.1:8080 is the tracking port, unless the operator has set another one.',
  caddy: 'Caddy',
  caddyHint:
    'Once for all domains: Caddy asks Trailpost for each name, and orders a certificate for those that are added here.',
  nginx: 'nginx, with certbot',
  nginxHint: 'For each new domain. Name all others that the certificate holds as well.',
  check: '3. Check',
  checkAside: (name: string) =>
    `Asks ${name} from here, as a visitor would, and sees whether this installation answers.`,
  checkNow: 'Check now',
  outcomes: {
    works: 'It works',
    no_address: 'The name has no address yet',
    private_address: 'The name leads to a private address',
    bad_certificate: 'The certificate is not right',
    no_answer: 'Nothing answers there',
    elsewhere: 'Something else answers there',
  },
  asked: (url: string) => `Asked at ${url}.`,
  advice: {
    works: 'Links with this domain reach this installation.',
    no_address: 'Make the DNS record. A new one can take an hour to be seen everywhere.',
    private_address:
      'Such addresses are not called from here. Visitors of the internet do not reach one either.',
    bad_certificate: 'DNS is right, or nearly: let the proxy order a certificate for this name.',
    no_answer: 'Compare the addresses, and see that the proxy listens and the firewall lets visitors in.',
    elsewhere:
      'Either DNS leads to another machine, or the proxy there does not pass this name on to Trailpost.',
  },
  seen: (detail: string) => `Seen: ${detail}.`,
  addresses: (list: string) => `The name has: ${list}`,
  ownAddresses: (list: string) => `This installation has: ${list}`,
} as const
