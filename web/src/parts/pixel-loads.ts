/** Something that a text makes a browser or our server fetch. */
export type Load = {
  /** The element, e.g. "img", or "call" for a postback. */
  readonly by: string
  readonly url: string
  /** A macro in its place is shown as it is; '' where the page's own host is meant. */
  readonly host: string
  readonly isPlain: boolean
}

type Texts = {
  readonly type: string
  readonly url: string
  readonly code: string
  readonly bodyTemplate: string
}

const ADDRESSES = ['src', 'href', 'data', 'action', 'srcset', 'poster', 'background'] as const
const BY_TYPE: Readonly<Record<string, string>> = {
  postback: 'call',
  image: 'img',
  iframe: 'iframe',
  script: 'script',
}

/**
 * What a postback or pixel fetches as far as its text says so: elements with an address, and addresses that stand
 * anywhere else in it, such as in a script. Nothing of it is fetched or run to learn that.
 */
export function loadsOf({ type, url, code, bodyTemplate }: Texts): readonly Load[] {
  const own = url === '' ? [] : [toLoad(BY_TYPE[type] ?? type, url)]
  const elements = code === '' ? [] : elementsOf(code)
  const named = new Set([...own, ...elements].map((load) => load.host))
  const others = hostsIn(`${code} ${bodyTemplate}`)
    .filter((host) => !named.has(host))
    .map((host) => ({ by: '', url: host, host, isPlain: false }))
  return [...own, ...elements, ...others]
}

/** Whether a text runs a script in the visitor's browser. */
export function runsScript({ type, url, code }: Texts): boolean {
  return /<script|javascript:|\son\w+\s*=/i.test(code) || (type === 'script' && url !== '')
}

/** A document that is shown nowhere loads nothing and runs nothing. */
function elementsOf(code: string): readonly Load[] {
  const found = new DOMParser().parseFromString(code, 'text/html')
  return [...found.querySelectorAll('*')].flatMap((element) =>
    ADDRESSES.flatMap((name) => {
      const address = element.getAttribute(name)?.trim() ?? ''
      return address === '' ? [] : [toLoad(element.localName, address)]
    }),
  )
}

function toLoad(by: string, url: string): Load {
  return { by, url, host: hostsIn(url)[0] ?? '', isPlain: /^http:\/\//i.test(url) }
}

/** Every host that a text names, in order and each once. */
function hostsIn(text: string): readonly string[] {
  const found = text.matchAll(/(?:https?:)?\/\/([^\s/"'<>?#\\]+)/gi)
  return [...new Set([...found].map((match) => match[1] ?? ''))].filter((host) => host !== '')
}
