type Weighted = { readonly id?: string | undefined; readonly weight: number }

/**
 * A list of paths, landers or offers with the weights that optimisation has set. What the user paused, by a weight of
 * 0, stays paused; what has no weight of its own yet keeps the user's.
 */
export function reweighed<Item extends Weighted>(
  items: readonly Item[],
  weights: ReadonlyMap<string, number> | undefined,
): readonly Item[] {
  if (weights === undefined) return items
  return items.map((item) => {
    const weight = item.id === undefined ? undefined : weights.get(item.id)
    return item.weight > 0 && weight !== undefined ? { ...item, weight } : item
  })
}
