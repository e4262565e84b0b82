import { z } from 'zod'
import type { ApiApp, ApiDeps, ReadinessCheck } from './api-deps.ts'

const CHECK_TIMEOUT_MS = 5_000

const readinessSchema = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string() })),
})

/** /healthz: the process answers. /readyz: every part it needs answers. /metrics: for Prometheus. */
export function healthRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/healthz', {
    schema: {
      tags: ['health'],
      summary: 'The process answers',
      response: { 200: z.object({ ok: z.literal(true) }) },
    },
    handler: async () => ({ ok: true as const }),
  })
  app.get('/readyz', {
    schema: {
      tags: ['health'],
      summary: 'Every part that the API needs answers',
      response: { 200: readinessSchema, 503: readinessSchema },
    },
    handler: async (_request, reply) => {
      const checks = await Promise.all(deps.readiness.map(runCheck))
      const ready = checks.every(({ ok }) => ok)
      return await reply.code(ready ? 200 : 503).send({ ready, checks })
    },
  })
  app.get('/metrics', {
    schema: { hide: true },
    handler: async (_request, reply) =>
      await reply.type(deps.registry.contentType).send(await deps.registry.metrics()),
  })
}

async function runCheck({ name, check }: ReadinessCheck) {
  try {
    const reason = await Promise.race([check(), timeout()])
    return { name, ok: reason === undefined, reason: reason ?? '' }
  } catch (error) {
    return { name, ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

async function timeout(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  setTimeout(() => resolve(`no answer in ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS).unref()
  return await promise
}
