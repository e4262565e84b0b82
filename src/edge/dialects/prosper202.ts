import type { DialectRoute } from './dialect-route.ts'
import { PROSPER202_HIT_ROUTES } from './prosper202-hits.ts'
import { PROSPER202_LINK_ROUTES } from './prosper202-links.ts'

const BASE = '/tracking202/'
const ROUTES: ReadonlyMap<string, DialectRoute> = new Map([
  ...Object.entries(PROSPER202_HIT_ROUTES),
  ...Object.entries(PROSPER202_LINK_ROUTES),
])

/** Prosper202's public endpoints. It may have been installed in a sub-directory: what is before its base is free. */
export function findProsper202Route(path: string): DialectRoute | undefined {
  const at = path.lastIndexOf(BASE)
  return at === -1 ? undefined : ROUTES.get(path.slice(at + BASE.length))
}
