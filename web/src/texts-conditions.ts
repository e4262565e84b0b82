/** The words that say which values a field of a condition has, and how they are compared. */
export const conditionTexts = {
  needsAsn:
    'Empty for every visitor: this installation has no ASN database. Its operator sets TRAILPOST_ASN_DATABASE.',
  botOperators: { unknown: 'is none', known: 'is any' },
  choices: {
    bot: {
      user_agent: 'Known bot',
      no_user_agent: 'No user agent',
      head: 'HEAD request',
      prefetch: 'Prefetch or preview',
      datacenter: 'Flag: hosting company',
      repeated_address: 'Flag: repeated address',
      bad_referrer: 'Flag: bad referrer',
    },
    datacenter: { datacenter: 'a data centre' },
  },
  /** How a comparison reads its values, whatever the field. */
  comparisons: {
    contains: 'A part of it, in any case of letters.',
    not_contains: 'A part that it does not have, in any case of letters.',
    starts: 'How it starts, in any case of letters.',
    regex: 'A regular expression (RE2) that some part fits, in any case of letters. E.g. ^sm-|iphone',
  },
  version: {
    greater: 'A version. Compared part by part: 17.10 is greater than 17.9.',
    number: 'A number. Other texts are neither greater nor less.',
  },
  hour: (zone: string) => `Whole hours from 0 to 23, in ${zone}, the workspace’s time zone.`,
  weekday: (zone: string) => `1 is Monday, 7 is Sunday, in ${zone}, the workspace’s time zone.`,
  fields: {
    region: 'English name, e.g. Bavaria.',
    city: 'English name, e.g. Munich.',
    isp: 'The whole name, e.g. Deutsche Telekom AG. “contains” takes a part of it.',
    asn: 'A number, e.g. 3320 or AS3320.',
    ip: 'An address, or a range: 192.0.2.7, 192.0.2.0/24, 192.0.2.1-192.0.2.99, 2001:db8::/32.',
    device_brand: 'The maker’s name, e.g. Samsung. Any case of letters.',
    device_model: 'As the device names itself, e.g. iPhone or SM-S921B.',
    os: 'Any case of letters. Windows 11 is the system Windows and the version 11.',
    os_version: 'Two places at most, e.g. 17.4 or 11.',
    browser: 'Any case of letters. Apps with a browser of their own count as one: Instagram.',
    browser_version: 'The main version, e.g. 131.',
    language: 'The browser’s first choice. Regions are not told apart: pt-BR is Portuguese.',
    user_agent: 'The whole text that the browser sends. “contains” takes a part of it.',
    referrer: 'The whole address, e.g. https://news.example/page. “starts with” takes its beginning.',
    referrer_domain: 'Without “www.”, e.g. news.example. A subdomain is a domain of its own.',
    bot: '“is any” fits every bot, “is none” every person.',
    visitor: 'Returning: was in this campaign before.',
    workspace_visitor: 'Returning: was in any campaign of the workspace before.',
    external_id: 'The traffic source’s own click id.',
  },
  free: 'The whole text, in any case of letters. Several values: any of them.',
} as const
