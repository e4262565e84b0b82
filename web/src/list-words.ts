/** "a, b and c", or with "or" before the last; words are English, as all of the dashboard's are. */
export function listWords(items: readonly string[], last: 'and' | 'or'): string {
  const type = last === 'and' ? 'conjunction' : 'disjunction'
  return new Intl.ListFormat('en-GB', { type }).format(items)
}
