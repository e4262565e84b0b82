import { lockKeys } from '../store/lock-keys.ts'
import { findMemberRole, insertMember, membersLock } from '../store/members.ts'
import type { Store } from '../store/open-store.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { AccountRole } from './access-table.ts'
import type { Accounts } from './accounts.ts'

/** An account without a workspace that is older than this was left by a crash, and may be replaced. */
const HALF_DONE_MS = 60_000

export type NewPerson = { readonly email: string; readonly password: string; readonly name: string }

export type Joining = {
  readonly workspace: string
  readonly role: AccountRole
  readonly now: number
  /** Whether a person who has an account, and says its password, joins with that account. */
  readonly mayHaveAccount: boolean
  /** What else is written with the membership, in its transaction. */
  readonly record: (db: Db, userId: string) => Promise<void>
}

export type JoinResult =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly reason: 'email_taken' }

/**
 * Makes a person a member of a workspace. The account comes first (better-auth takes part in no transaction of
 * ours) and has no rights; the membership and all that belongs to it are one transaction. A failure takes the account
 * back; one that a crash left is replaced by the next try, or used again by whoever knows its password.
 * Of two tries at once with one address, one makes the member.
 */
export async function joinWorkspace(
  { store, accounts }: { readonly store: Store; readonly accounts: Accounts },
  person: NewPerson,
  joining: Joining,
): Promise<JoinResult> {
  const found = await findOrCreateUser(accounts, person, joining)
  if (found === undefined) return { ok: false, reason: 'email_taken' }
  const { userId, isNew } = found
  try {
    const isMember = await inTransaction(store.db, async (db) => {
      await lockKeys(db, store.engine, [membersLock(joining.workspace)])
      const { workspace, role, now } = joining
      if ((await findMemberRole(db, { workspace, userId })) !== undefined) return true
      await joining.record(db, userId)
      await insertMember(db, { workspace, userId, role }, now)
      return false
    })
    return isMember ? { ok: false, reason: 'email_taken' } : { ok: true, userId }
  } catch (error) {
    if (isNew) await deleteUserWithoutWorkspace(accounts, userId)
    throw error
  }
}

/** Ends the account of a person who belongs to no workspace any more, and their sessions with it. */
export async function deleteUserWithoutWorkspace(accounts: Accounts, userId: string): Promise<void> {
  if ((await accounts.memberships(userId)).length === 0) await accounts.deleteUser(userId)
}

type FoundUser = { readonly userId: string; readonly isNew: boolean }

async function findOrCreateUser(
  accounts: Accounts,
  person: NewPerson,
  { now, mayHaveAccount }: Joining,
): Promise<FoundUser | undefined> {
  const created = await accounts.createUser(person)
  if (created.ok) return { userId: created.id, isNew: true }
  if (mayHaveAccount && created.isSamePassword) return { userId: created.id, isNew: false }
  const isOld = now - created.createdAt.getTime() > HALF_DONE_MS
  if (!isOld || (await accounts.memberships(created.id)).length > 0) return undefined
  await accounts.deleteUser(created.id)
  const again = await accounts.createUser(person)
  return again.ok ? { userId: again.id, isNew: true } : undefined
}
