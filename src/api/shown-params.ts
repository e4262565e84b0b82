import type { Hit } from '../domain/hit.ts'

/** The values of these prove who sent the hit; whoever reads them could send more. */
const SECRET_PARAMS: ReadonlySet<string> = new Set(['token', 'security_token', 'verification_token', 'sig'])
const MASK = '***'

/** A hit's parameters as sent, secrets masked: nothing else of them may be shown, nor searched. */
export function shownParams({ params }: Pick<Hit, 'params'>): { name: string; value: string }[] {
  return params.map(([name, value]) => ({
    name,
    value: SECRET_PARAMS.has(name.toLowerCase()) ? MASK : value,
  }))
}
