import assert from 'node:assert/strict'
import type { FastifyRequest } from 'fastify'
import type { Role } from './access-table.ts'
import type { User } from './accounts.ts'

/** Who calls, in which workspace and with which role. */
export type Caller = {
  readonly workspace: string
  readonly role: Role
  /** For histories and the audit log: `user:ID` or `key:ID`. */
  readonly actor: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that ask for a role. */
    caller: Caller | undefined
    /** Set when a session cookie came with the request. */
    user: User | undefined
  }
}

/** The caller of a route whose access is a role. */
export function callerOf(request: FastifyRequest): Caller {
  assert(request.caller !== undefined, 'the route asks for no role in access-table.ts')
  return request.caller
}

/** The workspace that everything the handler reads or writes must belong to. */
export function workspaceOf(request: FastifyRequest): string {
  return callerOf(request).workspace
}
