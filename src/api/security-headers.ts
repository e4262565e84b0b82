import helmet from '@fastify/helmet'
import type { ApiApp } from './api-deps.ts'

/**
 * The dashboard loads nothing from other hosts and may not be framed. Styles may be inline: the component
 * library sets its theme's variables in a style element.
 */
export async function addSecurityHeaders(app: ApiApp, dashboardUrl: string): Promise<void> {
  const isHttps = dashboardUrl.startsWith('https:')
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // On plain http (a dashboard on loopback) browsers must not be told to insist on https.
    ...(isHttps ? {} : { strictTransportSecurity: false }),
    referrerPolicy: { policy: 'same-origin' },
  })
}
