import { DEFAULT_NETWORK_SETTINGS } from '../domain/affiliate.ts'
import { DEFAULT_ALERT_SETTINGS } from '../domain/alert.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../domain/fraud.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../domain/retention.ts'
import type { Db } from '../store/transaction.ts'
import { createWorkspace } from '../store/workspaces.ts'
import type { Accounts } from './accounts.ts'

const ATTRIBUTION_WINDOW_DAYS = 30

type OwnerInput = {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly workspaceName: string
  /** ISO 4217. */
  readonly currency: string
  /** IANA name. */
  readonly timeZone: string
}

type OwnerResult =
  | { readonly ok: true; readonly workspace: string; readonly userId: string }
  | { readonly ok: false; readonly reason: 'email_taken' }

/**
 * Creates a workspace and the person who owns it; used by the set-up page and by `trailpost owner create`.
 * The parts are written one after the other (better-auth opens no transaction on our connection): the person
 * last becomes a member, so that a crash before leaves an account without rights, which the next try replaces.
 */
export async function createOwner(
  { db, accounts }: { readonly db: Db; readonly accounts: Accounts },
  input: OwnerInput,
  nowMs: number,
): Promise<OwnerResult> {
  const user = await createOrReplaceUser(accounts, input)
  if (user === undefined) return { ok: false, reason: 'email_taken' }
  const { workspaceName: name, currency, timeZone } = input
  const fields = {
    name,
    currency,
    timeZone,
    fallbackUrl: '',
    attributionWindowDays: ATTRIBUTION_WINDOW_DAYS,
    uniqueHours: 0,
    fraud: DEFAULT_FRAUD_SETTINGS,
    network: DEFAULT_NETWORK_SETTINGS,
    alerts: DEFAULT_ALERT_SETTINGS,
    retention: DEFAULT_RETENTION_SETTINGS,
    requireTwoFactor: false,
  }
  try {
    const workspace = await createWorkspace(db, fields, nowMs)
    await accounts.addWorkspace({ id: workspace.id, name, ownerId: user })
    return { ok: true, workspace: workspace.id, userId: user }
  } catch (error) {
    await accounts.deleteUser(user)
    throw error
  }
}

async function createOrReplaceUser(accounts: Accounts, input: OwnerInput): Promise<string | undefined> {
  const created = await accounts.createUser(input)
  if (created.ok) return created.id
  if ((await accounts.memberships(created.id)).length > 0) return undefined
  await accounts.deleteUser(created.id)
  const again = await accounts.createUser(input)
  return again.ok ? again.id : undefined
}
