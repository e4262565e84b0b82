import { z } from 'zod'

const LIMIT_DEFAULT = 50
const LIMIT_MAX = 200
const SEARCH_CHARS_MAX = 200
const IDS_CHARS_MAX = 10_000

/** Query of every list: newest first, cut into pages. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  cursor: z.string().min(1).max(300).optional().describe('nextCursor of the page before'),
})

/** Query of a list of configured things. */
export const ownedPageQuery = pageQuery.extend({
  archived: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('true: those that are out of use, in place of those in use'),
  search: z.string().trim().min(1).max(SEARCH_CHARS_MAX).optional().describe('Part of a name'),
  ids: z
    .string()
    .min(1)
    .max(IDS_CHARS_MAX)
    .transform((text) => text.split(',').slice(0, LIMIT_MAX))
    .optional()
    .describe(`These alone, in use or not, separated by commas; the first ${LIMIT_MAX} of them`),
})

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Null on the last page'),
  })
}

export const idParams = z.object({ id: z.string().min(1).max(100) })
