import type { FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { applyUpload } from '../conversions/upload-apply.ts'
import { UPLOAD_LIMITS } from '../conversions/upload-limits.ts'
import { previewUpload } from '../conversions/upload-preview.ts'
import { appendAudit } from '../store/audit-log.ts'
import { countUploadRows, getUpload, listUploadRows, listUploads } from '../store/conversion-uploads.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import {
  rowsQuery,
  toRowView,
  toUploadView,
  uploadPreviewSchema,
  uploadSchema,
  uploadWithRowsSchema,
} from './conversion-uploads-view.ts'
import { nameField } from './fields.ts'
import { jobSchema, showJob } from './jobs.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['conversion-uploads']
const PATH = '/api/v1/conversion-uploads'
const CSV = 'text/csv'

const applyBody = z.strictObject({
  notify: z.boolean().default(true).describe('Whether notification targets are called'),
})

/** Files of conversions: a preview first, of which nothing counts, then applied by a job. */
export function conversionUploadRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  applyRoute(app, deps)
  // A scope of its own: no other route takes a body of this type.
  app.register(async (scope) => uploadRoute(scope.withTypeProvider<ZodTypeProvider>(), deps))
}

function uploadRoute(scope: ApiApp, deps: ApiDeps): void {
  const limits = { parseAs: 'buffer', bodyLimit: UPLOAD_LIMITS.fileBytesMax } as const
  scope.addContentTypeParser(CSV, limits, async (_request: FastifyRequest, body: Buffer) => body)
  scope.post(PATH, {
    bodyLimit: UPLOAD_LIMITS.fileBytesMax,
    schema: {
      tags: TAGS,
      summary: 'Upload conversions as CSV (text/csv); the answer is a preview, nothing is counted',
      consumes: [CSV],
      querystring: z.object({ name: nameField.default('upload.csv').describe("The file's name") }),
      response: { 201: uploadPreviewSchema },
    },
    handler: async (request, reply) => {
      const { workspace, actor } = callerOf(request)
      const { body } = request
      if (!Buffer.isBuffer(body)) {
        throw new Problem(415, 'unsupported_media_type', `Send the file as Content-Type: ${CSV}.`)
      }
      const { name } = request.query
      const { upload, ...summary } = await previewUpload(deps.byHand, { workspace, actor, name, body })
      const counts = await countUploadRows(deps.store.db, upload.id)
      return await reply.code(201).send({ ...toUploadView(upload, counts), ...toSummaryView(summary) })
    },
  })
}

function toSummaryView(summary: Omit<Awaited<ReturnType<typeof previewUpload>>, 'upload'>) {
  const { problems, firstRows, effect } = summary
  return {
    problems: problems.map(({ line, reason }) => ({ line, reason })),
    firstRows: firstRows.map(({ line, params }) => ({ line, params: { ...params } })),
    effect: { ...effect, amounts: [...effect.amounts] },
  }
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: conversion uploads',
      querystring: pageQuery,
      response: { 200: pageOf(uploadSchema) },
    },
    handler: async (request) => {
      const page = await listUploads(db, workspaceOf(request), request.query)
      const items = []
      for (const upload of page.items) {
        items.push(toUploadView(upload, await countUploadRows(db, upload.id)))
      }
      return { items, nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One conversion upload with a page of its rows',
      params: idParams,
      querystring: rowsQuery,
      response: { 200: uploadWithRowsSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const upload = await getUpload(db, { workspace: workspaceOf(request), id })
      if (upload === undefined) throw notFound('conversion upload', id)
      const { afterLine, limit, only, outcome, forecast } = request.query
      const filter = {
        ...(only !== undefined && { hasProblem: only === 'problems' }),
        ...(outcome !== undefined && { outcome }),
        ...(forecast !== undefined && { forecast }),
      }
      const rows = await listUploadRows(db, id, filter, { afterLine, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const nextAfterLine = rows.length > limit ? (page.at(-1)?.line ?? null) : null
      const view = toUploadView(upload, await countUploadRows(db, id))
      return { ...view, rowsPage: page.map(toRowView), nextAfterLine }
    },
  })
}

function applyRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/apply`, {
    schema: {
      tags: TAGS,
      summary: 'Have the good rows counted, by a job; asked twice they are counted once',
      params: idParams,
      body: applyBody,
      response: { 200: jobSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      const { notify } = request.body
      const applied = await applyUpload(deps.byHand, { workspace, id, actor, notify })
      if (applied === undefined) throw notFound('conversion upload', id)
      if (applied.isNew) {
        const subject = { subjectType: 'conversion_upload', subjectId: id }
        const entry = { workspace, at: deps.clock(), actor, action: 'conversion_upload.apply', ...subject }
        await appendAudit(deps.store.db, { ...entry, detail: { notify, jobId: applied.jobId } })
      }
      return await showJob(deps, workspace, applied.jobId)
    },
  })
}
