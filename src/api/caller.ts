import assert from 'node:assert/strict'
import type { FastifyRequest } from 'fastify'
import type { AccountRole } from './access-table.ts'
import type { Membership, User } from './accounts.ts'

/** Begins the actor of a person; the rest is their id. */
export const USER_ACTOR = 'user:'

/** Begins the actor of an API key; the rest is its id. */
export const KEY_ACTOR = 'key:'

/** Who calls, in which workspace and with which role. */
export type Caller = {
  readonly workspace: string
  readonly role: AccountRole
  /** Whose portal it is; '' unless the role is `affiliate`. */
  readonly affiliateId: string
  /** For histories and the audit log: `user:ID` or `key:ID`. */
  readonly actor: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that ask for a role. */
    caller: Caller | undefined
    /** Set when a session cookie came with the request. */
    user: User | undefined
    /** Of that person, in every workspace. */
    memberships: readonly Membership[] | undefined
  }
}

/** The caller of a route whose access is a role. */
export function callerOf(request: FastifyRequest): Caller {
  assert(request.caller !== undefined, 'the route asks for no role in access-table.ts')
  return request.caller
}

/** The affiliate that everything the handler of a portal route reads or writes must belong to. */
export function affiliateOf(request: FastifyRequest): {
  readonly workspace: string
  readonly affiliateId: string
} {
  const { workspace, affiliateId } = callerOf(request)
  assert(affiliateId !== '', 'the route is not an affiliate’s in access-table.ts')
  return { workspace, affiliateId }
}

/**
 * Which affiliates the caller may see: undefined for all of the workspace; for an affiliate manager those whose
 * `managerId` this is. Only a person is one: a request of any other ends here.
 */
export function managerOf(request: FastifyRequest): string | undefined {
  const { role, actor } = callerOf(request)
  assert(role !== 'affiliate', 'the route is an affiliate’s in access-table.ts: ask affiliateOf')
  if (role !== 'affiliate_manager') return undefined
  assert(actor.startsWith(USER_ACTOR), 'an affiliate manager is a person')
  return actor.slice(USER_ACTOR.length)
}

/** The workspace that everything the handler reads or writes must belong to. */
export function workspaceOf(request: FastifyRequest): string {
  return callerOf(request).workspace
}
