import { sql } from 'kysely'
import { newRecordId } from './ids.ts'
import type { Db } from './transaction.ts'

/**
 * The table of memberships is better-auth's, which reads it; what is written belongs into transactions with rows of
 * ours, which it can not take part in.
 */
type MemberKey = { readonly workspace: string; readonly userId: string }

/** The role of the person in the workspace; undefined when they are no member. */
export async function findMemberRole(db: Db, { workspace, userId }: MemberKey): Promise<string | undefined> {
  const { rows } = await sql<{ role: string }>`
    select role from auth_members where "organizationId" = ${workspace} and "userId" = ${userId}
  `.execute(db)
  return rows[0]?.role
}

/** The caller has found, under the lock of the workspace's members, that the person is none yet. */
export async function insertMember(
  db: Db,
  { workspace, userId, role }: MemberKey & { readonly role: string },
  now: number,
): Promise<void> {
  await sql`
    insert into auth_members (id, "organizationId", "userId", role, "createdAt")
    values (${newRecordId(now)}, ${workspace}, ${userId}, ${role}, ${new Date(now).toISOString()})
  `.execute(db)
}

export async function updateMemberRole(
  db: Db,
  { workspace, userId, role }: MemberKey & { readonly role: string },
): Promise<void> {
  await sql`
    update auth_members set role = ${role} where "organizationId" = ${workspace} and "userId" = ${userId}
  `.execute(db)
}

export async function deleteMember(db: Db, { workspace, userId }: MemberKey): Promise<void> {
  await sql`
    delete from auth_members where "organizationId" = ${workspace} and "userId" = ${userId}
  `.execute(db)
}

/** Of the members with the role, those besides this one. */
export async function countOthersWithRole(
  db: Db,
  { workspace, userId, role }: MemberKey & { readonly role: string },
): Promise<number> {
  const { rows } = await sql<{ count: string | number }>`
    select count(*) as count from auth_members
    where "organizationId" = ${workspace} and role = ${role} and "userId" <> ${userId}
  `.execute(db)
  return Number(rows[0]?.count ?? 0)
}

/** Key of lock-keys.ts for everything that changes who belongs to the workspace. */
export function membersLock(workspace: string): string {
  return `members:${workspace}`
}
