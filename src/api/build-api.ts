import rateLimit from '@fastify/rate-limit'
import fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { authRoutes } from './auth-routes.ts'
import { serveDashboard } from './dashboard-files.ts'
import { enforceAccess } from './enforce-access.ts'
import { healthRoutes } from './health.ts'
import { meRoutes } from './me.ts'
import { describeApi } from './openapi.ts'
import { handleError, Problem } from './problem.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { setupRoutes } from './setup.ts'

const BODY_BYTES_MAX = 1024 * 1024
const REQUEST_TIMEOUT_MS = 60_000
const PARAM_CHARS_MAX = 200

/** The dashboard's HTTP server, ready to listen or to be injected into. */
export async function buildApi(deps: ApiDeps): Promise<ApiApp> {
  const app: ApiApp = fastify({
    loggerInstance: deps.log,
    disableRequestLogging: true,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    frameworkErrors: handleError,
  }).withTypeProvider<ZodTypeProvider>()
  // Bodies are JSON: a foreign page can post text/plain without asking first.
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError)

  enforceAccess(app, deps)
  await addSecurityHeaders(app, deps.dashboardUrl)
  await app.register(rateLimit, { global: false, errorResponseBuilder: tooManyRequests })
  await describeApi(app, deps.version)
  await serveDashboard(app, deps.webRoot)
  for (const routes of [healthRoutes, authRoutes, setupRoutes, meRoutes]) routes(app, deps)
  await app.ready()
  return app
}

function tooManyRequests(_request: unknown, { after }: { readonly after: string }): Problem {
  return new Problem(429, 'too_many_requests', `Too many attempts: try again in ${after}.`)
}
