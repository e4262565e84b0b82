import { findTokenHolders } from '../store/sender-tokens.ts'
import type { Db } from '../store/transaction.ts'
import type { FieldError } from './problem.ts'

/** Keys that keep two simultaneous saves from both finding a token free. */
export function tokenLocks(tokens: readonly string[]): readonly string[] {
  return tokens.filter((token) => token !== '').map((token) => `sender-token:${token}`)
}

/**
 * A pixel is known to be a sender's by its token: two with the same one could not be told apart. The transaction
 * holds the token's lock.
 * @param own the id of who is saved; undefined on creation.
 */
export async function findTakenToken(
  db: Db,
  workspace: string,
  { field, token, own }: { readonly field: string; readonly token: string; readonly own: string | undefined },
): Promise<readonly FieldError[]> {
  if (token === '') return []
  const holders = await findTokenHolders(db, workspace, token)
  const other = holders.find(({ id }) => id !== own)
  return other === undefined ? [] : [{ field, message: `is the token of another ${other.kind}` }]
}
