import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'

/** Stands for "as the workspace's" until the thing is created. */
export const CURRENCY_OF_WORKSPACE = ''

/** Gives fields that name no currency the workspace's: amounts in it need no exchange rate. */
export async function withWorkspaceCurrency<Fields extends { readonly currency: string }>(
  db: Db,
  workspace: string,
  fields: Fields,
): Promise<Fields> {
  if (fields.currency !== CURRENCY_OF_WORKSPACE) return fields
  const found = await getWorkspace(db, workspace)
  return { ...fields, currency: found?.currency ?? fields.currency }
}
