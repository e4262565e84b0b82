import { handlePixel } from '../pixel-handler.ts'
import { type DialectRoutes, PIXEL_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'

/**
 * Voluum's postback is at our own address with names that we share, and so is `/click`. Its image pixel, which
 * BeMob has too, leaves a literal OPTIONAL for the click id that the cookie knows.
 */
const PIXEL: HitDialect = { system: 'voluum', rename: (params) => params }

export const VOLUUM_ROUTES: DialectRoutes = {
  '/conversion.gif': {
    methods: PIXEL_METHODS,
    handle: (context, exchange) => handlePixel(context, exchange, 'image', PIXEL),
  },
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** A campaign's link is `/{uuid}`. @returns the campaign's legacy id; undefined for what is no such link. */
export function voluumLegacyId(segment: string): string | undefined {
  return UUID.test(segment) ? `voluum:${segment}` : undefined
}
