import { z } from 'zod'
import type { Owned } from '../store/owned.ts'
import { timeField, toTime } from './fields.ts'

/** What every configured thing shows besides its own fields. */
export const ownedFields = {
  id: z.string(),
  createdAt: timeField,
  updatedAt: timeField,
  archivedAt: timeField.nullable().describe('Null while it is in use'),
}

export function toOwnedView(owned: Owned) {
  return {
    id: owned.id,
    createdAt: toTime(owned.createdAt),
    updatedAt: toTime(owned.updatedAt),
    archivedAt: owned.archivedAt === null ? null : toTime(owned.archivedAt),
  }
}
