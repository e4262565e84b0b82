import createClient from 'openapi-fetch'
import type { paths } from './api-types.ts'
import { texts } from './texts.ts'

/** The API, typed by docs/openapi.json. Answers are unwrapped by `answerOf`. */
export const api = createClient<paths>({ baseUrl: location.origin })

const WORKSPACE_HEADER = 'x-trailpost-workspace'
const PORTAL_OF_HEADER = 'x-trailpost-portal-of'
const PORTAL_PATH = '/api/v1/portal/'
let workspaceId: string | undefined
let portalOf: string | undefined

/** Which workspace every later request is about; who belongs to several must name one. */
export function chooseWorkspace(id: string | undefined): void {
  workspaceId = id
}

/** The affiliate as which a person of its network reads the portal; undefined for who reads its own, or none. */
export function choosePortal(affiliateId: string | undefined): void {
  portalOf = affiliateId
}

/** The one that was named last. */
export function chosenWorkspace(): string | undefined {
  return workspaceId
}

api.use({
  onRequest({ request, schemaPath }) {
    if (workspaceId !== undefined) request.headers.set(WORKSPACE_HEADER, workspaceId)
    if (portalOf !== undefined && schemaPath.startsWith(PORTAL_PATH)) {
      request.headers.set(PORTAL_OF_HEADER, portalOf)
    }
  },
})

/** What the API refused and why; `fields` are the wrong fields by path, e.g. `paths.0.weight`. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  fields: Readonly<Record<string, string>>

  constructor(status: number, body: unknown) {
    const { code, detail, errors } = readProblem(body)
    super(detail ?? texts.problem.unreadable(status))
    this.name = 'ApiProblem'
    this.status = status
    this.code = code ?? 'unknown'
    this.fields = Object.fromEntries((errors ?? []).map(({ field, message }) => [field, message]))
  }

  /** Says the same of a form where these fields stand deeper, e.g. under `targets.0`. */
  moveFields(under: string): this {
    const moved = Object.entries(this.fields).map(([path, message]) => [`${under}.${path}`, message])
    this.fields = Object.fromEntries(moved)
    return this
  }

  /** Says the same of a form that holds only what stands under this path. */
  liftFields(from: string): this {
    const lifted = Object.entries(this.fields).map(([path, message]) => {
      return [path.startsWith(`${from}.`) ? path.slice(from.length + 1) : path, message]
    })
    this.fields = Object.fromEntries(lifted)
    return this
  }
}

type Answer<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response }

/**
 * The body of a successful answer.
 * @throws ApiProblem when the API refuses, or when it can not be reached (status 0).
 */
export async function answerOf<T>(request: Promise<Answer<T>>): Promise<T> {
  const answer = await request.catch(() => {
    throw new ApiProblem(0, { detail: texts.problem.unreachable })
  })
  if (!answer.response.ok) throw new ApiProblem(answer.response.status, answer.error)
  // A successful answer always has the documented body; 204 has none and T is undefined there.
  return answer.data as T
}

/** Posts JSON to a route of the sign-in library, which is not part of the documented API; resolves to its answer. */
export async function postAuth(path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  return await callAuth(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** What a route of the sign-in library says. */
export async function getAuth(path: string): Promise<unknown> {
  return await callAuth(path, {})
}

async function callAuth(path: string, request: RequestInit): Promise<unknown> {
  const response = await fetch(`/api/auth${path}`, request).catch(() => {
    throw new ApiProblem(0, { detail: texts.problem.unreachable })
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new ApiProblem(response.status, body)
  return body
}

/** Posts a CSV file to a route whose body the description does not type. */
export async function postCsv<T>(path: string, file: Blob): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'text/csv',
      ...(workspaceId === undefined ? {} : { [WORKSPACE_HEADER]: workspaceId }),
    },
    body: file,
  }).catch(() => {
    throw new ApiProblem(0, { detail: texts.problem.unreachable })
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new ApiProblem(response.status, body)
  return body as T // a successful answer has the documented body
}

/**
 * The body of an answer that has no end yet.
 * @throws ApiProblem when the API refuses it, TypeError when it can not be reached.
 */
export async function readStream(
  path: string,
  { headers, signal }: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<ReadableStream<Uint8Array>> {
  const workspace = workspaceId === undefined ? {} : { [WORKSPACE_HEADER]: workspaceId }
  const response = await fetch(path, { headers: { ...headers, ...workspace }, signal })
  if (!response.ok || response.body === null) {
    throw new ApiProblem(response.status, await response.json().catch(() => null))
  }
  return response.body
}

type ProblemFields = {
  readonly code?: string
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly message: string }[]
}

/** problem+json; anything else (a proxy's page) reads as nothing known. */
function readProblem(body: unknown): ProblemFields {
  if (typeof body !== 'object' || body === null) return {}
  return {
    ...('code' in body && typeof body.code === 'string' ? { code: body.code } : {}),
    ...('detail' in body && typeof body.detail === 'string' ? { detail: body.detail } : {}),
    errors: 'errors' in body && Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
  }
}

function isFieldError(value: unknown): value is { field: string; message: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'field' in value &&
    typeof value.field === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  )
}
