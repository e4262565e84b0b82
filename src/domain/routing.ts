import type { WeightedRef } from './flow.ts'

const UINT32_END = 2 ** 32
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
const GOLDEN = 0x9e3779b1

/**
 * Chooses by weight so that changes are minimal: weighted rendezvous hashing. Every item draws its own number from
 * the point, and the best draw for its weight wins; raising a weight therefore only ever moves visitors towards that
 * item, and removing an item only moves its own. Cutting [0, 1) into slices would shuffle its neighbours as well.
 * Ids are unique within a list. Weights of zero, or that are no positive numbers, are never chosen.
 * @param point 0 ≤ point < 1, from routePoint.
 */
export function chooseWeighted<Ref extends WeightedRef>(
  refs: readonly Ref[],
  point: number,
): Ref | undefined {
  const drawSeed = Math.floor(point * UINT32_END)
  let best: Ref | undefined
  let bestScore = Number.NEGATIVE_INFINITY
  for (const ref of refs) {
    if (!(ref.weight > 0 && ref.weight < Number.POSITIVE_INFINITY)) continue
    // ln(u) / weight for uniform u: the largest belongs to an item with probability weight / sum of weights.
    const draw = (mix(hashText(drawSeed ^ FNV_OFFSET, ref.id)) + 0.5) / UINT32_END
    const score = Math.log(draw) / ref.weight
    if (score > bestScore) {
      best = ref
      bestScore = score
    }
  }
  return best
}

/**
 * A stable point in [0, 1) for a visitor and a decision.
 * @param seed what stays with the visitor: the click id, or a cookie's.
 * @param salt what differs between decisions: the id of the campaign or path.
 */
export function routePoint(seed: string, salt: string): number {
  return mix(hashText(hashText(FNV_OFFSET, seed), salt)) / UINT32_END
}

/** FNV-1a over UTF-16 units. */
function hashText(start: number, text: string): number {
  let hash = start
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  }
  return hash
}

/** MurmurHash3's finalizer, twice: FNV alone leaves neighbouring ids correlated. */
function mix(hash: number): number {
  return finalize(Math.imul(finalize(hash), GOLDEN))
}

function finalize(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
