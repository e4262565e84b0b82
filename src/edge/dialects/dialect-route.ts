import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'

/** What answers a URL of another system. */
export type DialectRoute = {
  readonly methods: readonly string[]
  readonly handle: (context: EdgeContext, exchange: Exchange) => Promise<void> | void
}

/** Routes of a system by their whole path. */
export type DialectRoutes = Readonly<Record<string, DialectRoute>>

/** Postbacks, as our own. */
export const HIT_METHODS = ['GET', 'POST'] as const
/** Pixels: a HEAD is never a conversion. */
export const PIXEL_METHODS = ['GET'] as const
/** Links that visitors follow. */
export const LINK_METHODS = ['GET', 'HEAD'] as const
