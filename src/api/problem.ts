import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { isLockedError, isValueError } from '../store/store-error.ts'

/** RFC 9457: every error of this API has this shape and this content type. */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json'

const fieldErrorSchema = z.object({
  field: z
    .string()
    .describe('Path of the wrong field, e.g. `url` or `paths.0.weight`; empty for the whole body'),
  message: z.string(),
})

export const problemSchema = z
  .object({
    type: z.string().describe('`urn:trailpost:problem:` and the code'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable word for programs, e.g. `invalid_request`, `not_found`'),
    detail: z.string().describe('What is wrong and how to mend it, in one sentence'),
    errors: z.array(fieldErrorSchema).optional().describe('Every wrong field'),
  })
  .meta({ id: 'Problem' })

export type FieldError = z.infer<typeof fieldErrorSchema>
type ProblemBody = z.infer<typeof problemSchema>

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** An expected failure of a request; thrown by handlers, answered as problem+json. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** 404 for a thing that does not exist in the caller's workspace; whether it exists elsewhere is not told. */
export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'not_found', `There is no ${what} with the id "${id}" in this workspace.`)
}

/** 422: the body is well formed, but what these fields say can not be saved. */
export function invalidFields(errors: readonly FieldError[]): Problem {
  return new Problem(422, 'invalid_fields', listFieldErrors(errors), errors)
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const body: ProblemBody = {
    type: `urn:trailpost:problem:${problem.code}`,
    title: TITLES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...(problem.errors.length > 0 ? { errors: [...problem.errors] } : {}),
  }
  return reply
    .code(problem.status)
    .type(PROBLEM_CONTENT_TYPE)
    .serializer((value: ProblemBody) => JSON.stringify(value))
    .send(body)
}

/** Fastify's error handler: whatever was thrown becomes a problem; what we did not expect is logged as an error. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
  else
    request.log.info(
      { method: request.method, status: problem.status, code: problem.code },
      'request refused',
    )
  return sendProblem(reply, problem)
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error)
  if (isValueError(error)) return new Problem(409, 'conflict', 'This conflicts with what is stored already.')
  if (isLockedError(error)) return storeUnavailable()
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new Problem(
      503,
      'too_slow',
      'This took too long and was stopped: ask for less, e.g. a shorter range.',
    )
  }
  if (!isFastifyError(error)) return unexpected()
  if (isResponseSerializationError(error)) return unexpected()
  return fromFastifyError(error)
}

/** Codes of Fastify and of its plugins whose own message is good enough for a user. */
function fromFastifyError(error: FastifyError): Problem {
  const status = error.statusCode ?? 500
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem(415, 'unsupported_media_type', 'Send the body as Content-Type: application/json.')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(413, 'body_too_large', 'The body is larger than this API accepts.')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Problem(400, 'empty_body', 'The body is empty, but Content-Type says application/json.')
  }
  if (error.code === 'store_unavailable') return storeUnavailable()
  if (error.code === 'ledger_unavailable') {
    return new Problem(503, 'ledger_unavailable', 'The ledger can not be reached now. Try again shortly.')
  }
  if (error.code === 'judge_unavailable') {
    return new Problem(503, 'judge_unavailable', 'Nothing can be judged now. Try again shortly.')
  }
  if (error.code === 'bad_upload') return new Problem(422, 'bad_upload', error.message)
  if (error.code === 'bad_report') return new Problem(400, 'bad_report', error.message)
  if (error.code === 'bad_cursor') {
    return new Problem(400, 'bad_cursor', 'cursor: is not a nextCursor of this list')
  }
  if (status === 429) return new Problem(429, 'too_many_requests', error.message)
  if (status >= 400 && status < 500) return new Problem(status, 'bad_request', error.message)
  return unexpected()
}

function validationProblem(error: {
  validation: readonly ValidationIssue[]
  validationContext?: string
}): Problem {
  const errors = error.validation.map((issue) => ({
    field: issue.instancePath
      .split('/')
      .filter((part) => part !== '')
      .join('.'),
    message: issue.message ?? 'is not valid',
  }))
  return new Problem(400, 'invalid_request', listFieldErrors(errors), errors)
}

type ValidationIssue = { readonly instancePath: string; readonly message?: string | undefined }

function listFieldErrors(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ')
}

function storeUnavailable(): Problem {
  return new Problem(503, 'store_unavailable', 'The SQL store can not be reached now. Try again shortly.')
}

function unexpected(): Problem {
  return new Problem(500, 'internal', 'Something unexpected failed; the log of the server says what.')
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error
}
