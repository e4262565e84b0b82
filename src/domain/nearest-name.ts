/** Edits allowed before a name counts as something else: one in three characters, two at least. */
const EDITS_MIN = 2
const NAME_CHARS_MAX = 64

/** The candidate nearest to a mistyped name; undefined when none is near. The first wins a tie. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.slice(0, NAME_CHARS_MAX).toLowerCase()
  let best: string | undefined
  let bestEdits = Math.max(EDITS_MIN, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const edits = editDistance(wanted, candidate.toLowerCase())
    if (edits < bestEdits) {
      best = candidate
      bestEdits = edits
    }
  }
  return best
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
