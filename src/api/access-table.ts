/** Roles of a member of a workspace, and of an API key; each may do all that the ones before it may. */
export const ROLES = ['viewer', 'manager', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** `public` answers anybody; `user` any signed-in person, also one without a workspace. */
export type Access = 'public' | 'user' | Role

/**
 * Who may call what. Every registered route is here, or the API does not start: a route can not be forgotten.
 * viewer reads; manager also changes configuration, conversions and replays; owner also keys, settings, users.
 */
export const ACCESS: Readonly<Record<string, Access>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
  'GET /*': 'public',

  'GET /api/auth/*': 'public',
  'POST /api/auth/*': 'public',
  'GET /api/v1/openapi.json': 'public',
  'GET /api/v1/setup': 'public',
  'POST /api/v1/setup': 'public',

  'GET /api/v1/me': 'user',
}

/** The least access that a route asks for; undefined for a route that the table does not know. */
export function accessOf(method: string, url: string): Access | undefined {
  // HEAD is GET without its body.
  return ACCESS[`${method === 'HEAD' ? 'GET' : method} ${url}`]
}

/** True when `role` may do what asks for `needed`. */
export function roleSuffices(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

export function isRole(value: string): value is Role {
  return ROLES.some((role) => role === value)
}
