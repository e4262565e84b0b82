import type { components } from './api-types.ts'
import { timelineTexts as words } from './texts-inspector.ts'

type Hit = components['schemas']['Hit']

/** A received request as text: its first line, what is kept of its headers, its parameters. Secrets are masked. */
export function toHitText(hit: Hit): string {
  if (hit.requestRemoved !== '') return words.requestRemoved
  const headers = [
    ['host', hit.host],
    ['user-agent', hit.userAgent],
    ['referer', hit.referrer],
    [words.address, hit.ip],
  ].filter(([, value]) => value !== '')
  return [
    `${hit.method} ${hit.path}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    ...hit.params.map(({ name, value }) => `${name} = ${value}`),
  ].join('\n')
}
