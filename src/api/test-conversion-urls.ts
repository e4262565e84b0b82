import type { PublicAnswer } from './public-request.ts'

const META_REFRESH = /<meta http-equiv="refresh" content="0;url=([^"]*)">/
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
}
const SECRET_VALUES = /([?&](?:token|sig)=)[^&]*/g

/** Where a redirect of ours leads, whatever its mode; '' when it is none. */
export function findTarget({ location, text }: PublicAnswer): string {
  if (location !== '') return location
  const [, url = ''] = META_REFRESH.exec(text) ?? []
  return url.replace(/&(?:amp|quot|#39|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)
}

/** Where in a URL the click id stands, in words; '' when nowhere. */
export function findClickIdParam(url: string, clickId: string): string {
  if (!URL.canParse(url)) return ''
  const parsed = new URL(url)
  for (const [name, value] of parsed.searchParams) {
    if (value.includes(clickId)) return `in the parameter ${name}`
  }
  if (parsed.pathname.includes(clickId)) return 'in the path'
  return parsed.hash.includes(clickId) ? 'behind the #, which most pages do not send on' : ''
}

/** The URL with the values of token and signature masked. */
export function maskSecrets(url: string): string {
  return url.replace(SECRET_VALUES, '$1***')
}
