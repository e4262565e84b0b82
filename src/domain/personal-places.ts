/** What networks and traffic sources call the parameter of a user agent; a word before it is common (`device_ua`). */
const USER_AGENT_NAME = /(?:(?:^|[^a-z\d])ua|deviceua|uagent|user[^a-z\d]?agent)\]?$/i
const REFERRER_NAME = /^ref$|refer{1,2}er\]?$/i
/** Where no name tells it: how the user agents of most browsers, apps and HTTP libraries of phones begin. */
const USER_AGENT_START = /^(?:Mozilla|Dalvik|okhttp|Opera)\/\d|^[\w.%-]{1,80}\/[\w.]{1,40} CFNetwork\/\d/

/**
 * Whether a parameter holds a user agent: by where it stands, since an app may call itself anything, and only then by
 * how it looks.
 */
export function holdsUserAgent(name: string, value: string): boolean {
  return value !== '' && (USER_AGENT_NAME.test(name) || USER_AGENT_START.test(value))
}

/** Whether a parameter holds the address of the page that a visitor came from. */
export function holdsReferrer(name: string, value: string): boolean {
  return REFERRER_NAME.test(name) && value.includes('://')
}

/** Origin and path: a page writes into query and fragment what it likes, also who its visitor is. */
export function shortReferrer(referrer: string): string {
  const [page = ''] = referrer.split(/[?#]/, 1)
  return page.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, '$1')
}
