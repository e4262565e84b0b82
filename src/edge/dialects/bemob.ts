import type { DialectRoute } from './dialect-route.ts'
import { LINK_METHODS } from './dialect-route.ts'
import { visitLegacyLink } from './legacy-link.ts'

const GO = '/go/'

/** A campaign's link is `/go/{uuid}`. BeMob's postback and pixel are Voluum's. */
export function findBemobRoute(path: string): DialectRoute | undefined {
  if (!path.startsWith(GO)) return undefined
  return {
    methods: LINK_METHODS,
    handle: (context, exchange) =>
      visitLegacyLink(context, exchange, { legacyId: `bemob:${path.slice(GO.length)}` }),
  }
}
