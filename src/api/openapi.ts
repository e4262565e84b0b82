import swagger from '@fastify/swagger'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { accessOf } from './access-table.ts'
import type { ApiApp } from './api-deps.ts'
import { PROBLEM_CONTENT_TYPE, problemSchema } from './problem.ts'

/** Describes every route, from the schemas that check it, at /api/v1/openapi.json. */
export async function describeApi(app: ApiApp, version: string): Promise<void> {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined || route.schema.hide === true) return
    const access = accessOf([route.method].flat()[0] ?? '', route.url)
    const isPublic = access === 'public'
    const problem = {
      description: 'A problem',
      content: { [PROBLEM_CONTENT_TYPE]: { schema: problemSchema } },
    }
    route.schema = {
      ...route.schema,
      ...(isPublic ? { security: [] } : { description: `Access: ${access}.` }),
      response: { ...asObject(route.schema.response), default: problem },
    }
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Trailpost',
        description: 'The dashboard API. Amounts are decimal strings, times ISO 8601 in UTC, ids strings.',
        version,
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'trailpost.session_token' },
          apiKey: { type: 'http', scheme: 'bearer', description: 'tp_…' },
        },
      },
      security: [{ session: [] }, { apiKey: [] }],
    },
    transform: createJsonSchemaTransform({}),
    transformObject: withAnswerSchemas,
  })
  app.get('/api/v1/openapi.json', { schema: { hide: true }, handler: async () => app.swagger() })
}

const addNamedSchemas = createJsonSchemaTransformObject({})

/** Only answers have named schemas; the forms of them for requests, which come along, nothing refers to. */
function withAnswerSchemas(document: Parameters<typeof addNamedSchemas>[0]) {
  const complete = addNamedSchemas(document)
  const components = 'components' in complete ? asObject(complete.components) : {}
  const schemas = 'schemas' in components ? asObject(components.schemas) : {}
  const answers = Object.entries(schemas).filter(([name]) => !name.endsWith('Input'))
  return { ...complete, components: { ...components, schemas: Object.fromEntries(answers) } }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
