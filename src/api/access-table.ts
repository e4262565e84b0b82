/** Roles of a member of a workspace, and of an API key; each may do all that the ones before it may. */
export const ROLES = ['viewer', 'manager', 'owner'] as const
export type Role = (typeof ROLES)[number]

/**
 * Who sees only a part of the network's side: an affiliate its own data, through the portal alone; an affiliate
 * manager the affiliates that it looks after.
 */
export const SCOPED_ROLES = ['affiliate_manager', 'affiliate'] as const
export type AccountRole = Role | (typeof SCOPED_ROLES)[number]

/**
 * `public` answers anybody; `user` any signed-in person, also one without a workspace; `affiliate` an affiliate, about
 * itself; `affiliate_manager` also a viewer, and an affiliate manager about its own affiliates; with `_writes` a
 * manager in place of the viewer.
 */
export type Access = 'public' | 'user' | Role | 'affiliate' | 'affiliate_manager' | 'affiliate_manager_writes'

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

  'GET /api/v1/sign-up/:workspace': 'public',
  'POST /api/v1/sign-up/:workspace': 'public',

  'GET /api/v1/me': 'user',
  'GET /api/v1/members': 'manager',
  'POST /api/v1/members': 'owner',
  'PATCH /api/v1/members/:id': 'owner',
  'DELETE /api/v1/members/:id': 'owner',
  'POST /api/v1/members/:id/reset-two-factor': 'owner',
  'GET /api/v1/settings': 'viewer',
  'PATCH /api/v1/settings': 'owner',
  'GET /api/v1/settings/currency-rates': 'viewer',
  'PATCH /api/v1/settings/currency-rates': 'owner',
  'GET /api/v1/api-keys': 'owner',
  'POST /api/v1/api-keys': 'owner',
  'DELETE /api/v1/api-keys/:id': 'owner',
  'GET /api/v1/audit-log': 'manager',
  'GET /api/v1/system': 'owner',

  'GET /api/v1/traffic-sources': 'viewer',
  'GET /api/v1/traffic-sources/:id': 'viewer',
  'POST /api/v1/traffic-sources': 'manager',
  'PATCH /api/v1/traffic-sources/:id': 'manager',
  'DELETE /api/v1/traffic-sources/:id': 'manager',
  'POST /api/v1/traffic-sources/:id/restore': 'manager',
  'POST /api/v1/traffic-sources/from-template': 'manager',
  'GET /api/v1/affiliate-networks': 'viewer',
  'GET /api/v1/affiliate-networks/:id': 'viewer',
  'POST /api/v1/affiliate-networks': 'manager',
  'PATCH /api/v1/affiliate-networks/:id': 'manager',
  'DELETE /api/v1/affiliate-networks/:id': 'manager',
  'POST /api/v1/affiliate-networks/:id/restore': 'manager',
  'POST /api/v1/affiliate-networks/from-template': 'manager',
  'GET /api/v1/catalogue/traffic-sources': 'viewer',
  'GET /api/v1/catalogue/traffic-sources/:key': 'viewer',
  'GET /api/v1/catalogue/affiliate-networks': 'viewer',
  'GET /api/v1/catalogue/affiliate-networks/:key': 'viewer',
  'GET /api/v1/offers': 'viewer',
  'GET /api/v1/offers/:id': 'viewer',
  'POST /api/v1/offers': 'manager',
  'PATCH /api/v1/offers/:id': 'manager',
  'DELETE /api/v1/offers/:id': 'manager',
  'POST /api/v1/offers/:id/restore': 'manager',
  'GET /api/v1/offers/:id/integration': 'viewer',
  'GET /api/v1/network-offers': 'affiliate_manager',
  'GET /api/v1/offers/:id/affiliates/:affiliateId': 'affiliate_manager',
  'POST /api/v1/offers/:id/affiliates/:affiliateId': 'affiliate_manager_writes',
  'GET /api/v1/applications': 'affiliate_manager',
  'POST /api/v1/applications/decide': 'affiliate_manager_writes',
  'GET /api/v1/advertisers': 'viewer',
  'GET /api/v1/advertisers/:id': 'viewer',
  'POST /api/v1/advertisers': 'manager',
  'PATCH /api/v1/advertisers/:id': 'manager',
  'DELETE /api/v1/advertisers/:id': 'manager',
  'POST /api/v1/advertisers/:id/restore': 'manager',
  'POST /api/v1/advertisers/:id/token': 'manager',
  'GET /api/v1/coupons': 'viewer',
  'GET /api/v1/coupons/:id': 'viewer',
  'POST /api/v1/coupons': 'manager',
  'PATCH /api/v1/coupons/:id': 'manager',
  'DELETE /api/v1/coupons/:id': 'manager',
  'POST /api/v1/coupons/:id/restore': 'manager',
  'GET /api/v1/landers': 'viewer',
  'GET /api/v1/landers/:id': 'viewer',
  'POST /api/v1/landers': 'manager',
  'PATCH /api/v1/landers/:id': 'manager',
  'DELETE /api/v1/landers/:id': 'manager',
  'POST /api/v1/landers/:id/restore': 'manager',
  'GET /api/v1/flows': 'viewer',
  'GET /api/v1/flows/:id': 'viewer',
  'GET /api/v1/flows/:id/weights': 'viewer',
  'POST /api/v1/flows': 'manager',
  'PATCH /api/v1/flows/:id': 'manager',
  'DELETE /api/v1/flows/:id': 'manager',
  'POST /api/v1/flows/:id/restore': 'manager',
  'GET /api/v1/domains': 'viewer',
  'GET /api/v1/domains/:id': 'viewer',
  'POST /api/v1/domains': 'manager',
  'PATCH /api/v1/domains/:id': 'manager',
  'DELETE /api/v1/domains/:id': 'manager',
  'POST /api/v1/domains/:id/restore': 'manager',
  'POST /api/v1/domains/:id/check': 'manager',
  'GET /api/v1/campaigns': 'viewer',
  'GET /api/v1/campaigns/:id': 'viewer',
  'GET /api/v1/campaigns/:id/script': 'viewer',
  'GET /api/v1/campaigns/:id/weights': 'viewer',
  'POST /api/v1/campaigns': 'manager',
  'PATCH /api/v1/campaigns/:id': 'manager',
  'DELETE /api/v1/campaigns/:id': 'manager',
  'POST /api/v1/campaigns/:id/restore': 'manager',
  'POST /api/v1/campaigns/:id/dry-run': 'viewer',
  'GET /api/v1/target-systems': 'viewer',
  'GET /api/v1/notification-targets': 'viewer',
  'GET /api/v1/notification-targets/:id': 'viewer',
  'POST /api/v1/traffic-sources/:id/notification-targets': 'manager',
  'POST /api/v1/campaigns/:id/notification-targets': 'manager',
  'PATCH /api/v1/notification-targets/:id': 'manager',
  'POST /api/v1/notification-targets/:id/rotate-secret': 'manager',
  'POST /api/v1/notification-targets/:id/test': 'manager',
  'DELETE /api/v1/notification-targets/:id': 'manager',
  'GET /api/v1/pixel-moderation': 'affiliate_manager',
  'POST /api/v1/notification-targets/:id/moderate': 'affiliate_manager_writes',

  'GET /api/v1/visits/:clickId': 'viewer',
  'POST /api/v1/visits/:clickId/update': 'manager',
  'GET /api/v1/hits': 'viewer',
  'GET /api/v1/hits/:id': 'viewer',
  'GET /api/v1/inspector/stream': 'viewer',
  'GET /api/v1/inspector/find': 'viewer',
  'GET /api/v1/inspector/unmatched': 'viewer',
  'POST /api/v1/inspector/unmatched/rematch': 'manager',
  'GET /api/v1/conversions': 'affiliate_manager',
  'GET /api/v1/conversions/totals': 'affiliate_manager',
  'GET /api/v1/conversions/export': 'affiliate_manager',
  'GET /api/v1/conversions/:id': 'affiliate_manager',
  'PATCH /api/v1/conversions/:id': 'manager',
  'POST /api/v1/conversions/:id/adjust': 'manager',
  'GET /api/v1/deliveries': 'viewer',
  'GET /api/v1/deliveries/:id': 'viewer',
  'POST /api/v1/deliveries/:id/replay': 'manager',
  'POST /api/v1/deliveries/:id/cancel': 'manager',
  'POST /api/v1/deliveries/replay': 'manager',
  'POST /api/v1/deliveries/replay/preview': 'viewer',
  'POST /api/v1/deliveries/cancel': 'manager',
  'POST /api/v1/deliveries/cancel/preview': 'viewer',
  'POST /api/v1/inspector/explain-url': 'viewer',
  'GET /api/v1/privacy/click-ids': 'owner',
  'GET /api/v1/privacy/conversions/:id': 'owner',
  'POST /api/v1/privacy/conversions/:id/erase': 'owner',
  'GET /api/v1/privacy/visits/:clickId': 'owner',
  'POST /api/v1/privacy/visits/:clickId/erase': 'owner',

  'POST /api/v1/hits/:id/match': 'manager',
  'POST /api/v1/hits/rematch': 'manager',
  'POST /api/v1/conversions': 'manager',
  'POST /api/v1/conversions/bulk-status': 'manager',
  'GET /api/v1/conversion-uploads': 'viewer',
  'GET /api/v1/conversion-uploads/:id': 'viewer',
  'POST /api/v1/conversion-uploads': 'manager',
  'POST /api/v1/conversion-uploads/:id/apply': 'manager',
  'GET /api/v1/events': 'viewer',
  'GET /api/v1/events/:id': 'viewer',
  'POST /api/v1/events': 'manager',
  'PATCH /api/v1/events/:id': 'manager',
  'DELETE /api/v1/events/:id': 'manager',
  'POST /api/v1/events/:id/restore': 'manager',
  'POST /api/v1/campaigns/:id/test-conversion': 'manager',
  'POST /api/v1/offers/:id/affiliates/:affiliateId/test-conversion': 'manager',
  'GET /api/v1/cost-corrections': 'viewer',
  'POST /api/v1/cost-corrections': 'manager',
  'POST /api/v1/cost-corrections/:id/undo': 'manager',
  'POST /api/v1/fraud/reruns': 'manager',
  'GET /api/v1/jobs': 'viewer',
  'GET /api/v1/jobs/:id': 'viewer',
  'POST /api/v1/jobs/:id/cancel': 'manager',

  'GET /api/v1/reconciliations': 'viewer',
  'GET /api/v1/reconciliations/:id': 'viewer',
  'GET /api/v1/reconciliations/:id/rows': 'viewer',
  'POST /api/v1/reconciliations': 'manager',
  'POST /api/v1/reconciliations/:id/apply': 'manager',
  'GET /api/v1/webhooks': 'manager',
  'GET /api/v1/webhooks/:id': 'manager',
  'POST /api/v1/webhooks': 'manager',
  'PATCH /api/v1/webhooks/:id': 'manager',
  'POST /api/v1/webhooks/:id/rotate-secret': 'manager',
  'POST /api/v1/webhooks/:id/test': 'manager',
  'DELETE /api/v1/webhooks/:id': 'manager',

  'GET /api/v1/alerts': 'viewer',
  'GET /api/v1/alerts/:id': 'viewer',
  'GET /api/v1/alert-channels': 'manager',
  'GET /api/v1/alert-channels/:id': 'manager',
  'POST /api/v1/alert-channels': 'manager',
  'PATCH /api/v1/alert-channels/:id': 'manager',
  'DELETE /api/v1/alert-channels/:id': 'manager',
  'POST /api/v1/alert-channels/:id/test': 'manager',

  'GET /api/v1/invoices': 'manager',
  'GET /api/v1/invoices/:id': 'manager',
  'GET /api/v1/invoices/:id/pdf': 'manager',
  'GET /api/v1/invoices/:id/csv': 'manager',
  'POST /api/v1/invoices': 'manager',
  'POST /api/v1/invoices/run': 'manager',
  'POST /api/v1/invoices/:id/finalize': 'manager',
  'POST /api/v1/invoices/:id/void': 'manager',
  'GET /api/v1/payment-runs': 'manager',
  'GET /api/v1/payment-runs/:id': 'manager',
  'GET /api/v1/payment-runs/:id/csv': 'manager',
  'POST /api/v1/payment-runs': 'manager',
  'POST /api/v1/payment-runs/:id/cancel': 'manager',
  'GET /api/v1/balances': 'affiliate_manager',
  'GET /api/v1/affiliates/:id/balance': 'affiliate_manager',
  'GET /api/v1/balance-adjustments': 'manager',
  'POST /api/v1/balance-adjustments': 'manager',
  'GET /api/v1/portal/balance': 'affiliate',
  'GET /api/v1/portal/invoices': 'affiliate',
  'GET /api/v1/portal/invoices/:id': 'affiliate',
  'GET /api/v1/portal/invoices/:id/pdf': 'affiliate',
  'GET /api/v1/portal/invoices/:id/csv': 'affiliate',
  'PATCH /api/v1/portal/payment': 'affiliate',

  'GET /api/v1/overview': 'viewer',
  'GET /api/v1/newest-visit': 'viewer',
  'POST /api/v1/reports': 'viewer',
  'POST /api/v1/reports/export': 'viewer',
  'POST /api/v1/reports/split': 'viewer',
  'GET /api/v1/reports/dimensions': 'viewer',
  'GET /api/v1/report-views': 'viewer',
  'GET /api/v1/report-views/:id': 'viewer',
  'POST /api/v1/report-views': 'manager',
  'PATCH /api/v1/report-views/:id': 'manager',
  'DELETE /api/v1/report-views/:id': 'manager',
  'POST /api/v1/report-views/:id/restore': 'manager',
  'GET /api/v1/custom-metrics': 'viewer',
  'GET /api/v1/custom-metrics/:id': 'viewer',
  'POST /api/v1/custom-metrics': 'manager',
  'PATCH /api/v1/custom-metrics/:id': 'manager',
  'DELETE /api/v1/custom-metrics/:id': 'manager',
  'POST /api/v1/custom-metrics/:id/restore': 'manager',

  'GET /api/v1/affiliates': 'affiliate_manager',
  'GET /api/v1/affiliates/:id': 'affiliate_manager',
  'POST /api/v1/affiliates': 'affiliate_manager_writes',
  'PATCH /api/v1/affiliates/:id': 'affiliate_manager_writes',
  'POST /api/v1/affiliates/:id/status': 'affiliate_manager_writes',
  'POST /api/v1/affiliates/:id/portal-view': 'affiliate_manager_writes',
  'DELETE /api/v1/affiliates/:id': 'manager',
  'POST /api/v1/affiliates/:id/restore': 'manager',
  'GET /api/v1/affiliates/:id/offers': 'affiliate_manager',
  'POST /api/v1/affiliates/:id/reports': 'affiliate_manager',
  'GET /api/v1/affiliates/:id/api-keys': 'affiliate_manager',
  'POST /api/v1/affiliates/:id/api-keys': 'affiliate_manager_writes',
  'DELETE /api/v1/affiliates/:id/api-keys/:keyId': 'affiliate_manager_writes',
  'GET /api/v1/affiliates/:id/users': 'affiliate_manager',
  'POST /api/v1/affiliates/:id/users': 'affiliate_manager_writes',
  'DELETE /api/v1/affiliates/:id/users/:userId': 'affiliate_manager_writes',

  'GET /api/v1/portal/me': 'affiliate',
  'GET /api/v1/portal/offers': 'affiliate',
  'GET /api/v1/portal/offers/:id': 'affiliate',
  'GET /api/v1/portal/offers/:id/link': 'affiliate',
  'POST /api/v1/portal/offers/:id/apply': 'affiliate',
  'GET /api/v1/portal/postbacks': 'affiliate',
  'GET /api/v1/portal/postbacks/:id': 'affiliate',
  'POST /api/v1/portal/postbacks': 'affiliate',
  'PATCH /api/v1/portal/postbacks/:id': 'affiliate',
  'DELETE /api/v1/portal/postbacks/:id': 'affiliate',
  'POST /api/v1/portal/postbacks/:id/rotate-secret': 'affiliate',
  'POST /api/v1/portal/postbacks/:id/test': 'affiliate',
  'POST /api/v1/portal/global-postback': 'affiliate',
  'GET /api/v1/portal/postback-log': 'affiliate',
  'GET /api/v1/portal/postback-log/:id': 'affiliate',
  'GET /api/v1/portal/conversions': 'affiliate',
  'GET /api/v1/portal/conversions/export': 'affiliate',
  'POST /api/v1/portal/reports': 'affiliate',
  'POST /api/v1/portal/reports/export': 'affiliate',
  'GET /api/v1/portal/api-keys': 'affiliate',
  'POST /api/v1/portal/api-keys': 'affiliate',
  'DELETE /api/v1/portal/api-keys/:id': 'affiliate',
}

/** What an affiliate may call that waits for approval, is paused, rejected or closed: to read its status. */
export const OPEN_TO_INACTIVE_AFFILIATES: ReadonlySet<string> = new Set(['GET /api/v1/portal/me'])

/** The least access that a route asks for; undefined for a route that the table does not know. */
export function accessOf(method: string, url: string): Access | undefined {
  // HEAD is GET without its body.
  return ACCESS[`${method === 'HEAD' ? 'GET' : method} ${url}`]
}

/** True when `role` may do what asks for `needed`; a role that sees a part alone is none of the ladder. */
export function roleSuffices(role: AccountRole, needed: Role): boolean {
  return isRole(role) && ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** Whether the role may call a route; what it then sees is the handler's part. */
export function mayCall(role: AccountRole, access: Exclude<Access, 'public' | 'user'>): boolean {
  if (access === 'affiliate') return role === 'affiliate'
  if (access === 'affiliate_manager') return role === 'affiliate_manager' || roleSuffices(role, 'viewer')
  if (access === 'affiliate_manager_writes')
    return role === 'affiliate_manager' || roleSuffices(role, 'manager')
  return roleSuffices(role, access)
}

export function isRole(value: string): value is Role {
  return ROLES.some((role) => role === value)
}

export function isAccountRole(value: string): value is AccountRole {
  return isRole(value) || SCOPED_ROLES.some((role) => role === value)
}
