import { listTexts as words } from '../texts-facets.ts'
import type { Facet } from './facets.tsx'

/** Narrows a list by one of the tags of its things. */
export const TAG_FACET: Facet<{ readonly tags: readonly string[] }> = {
  name: 'tag',
  label: words.tag,
  any: words.anyTag,
  of: ({ tags }) => tags.map((tag) => ({ value: tag, label: tag })),
}
