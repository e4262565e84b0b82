import type { DueLane } from '../store/delivery-lanes.ts'
import type { Slot, Slots } from './slots.ts'

/** What a lane may send now. */
export type LaneGrant = { readonly lane: DueLane; readonly slots: readonly Slot[] }

export type Sharing = {
  readonly grants: readonly LaneGrant[]
  /** Lanes that may send nothing now, and for how long; Infinity: until a call has ended. */
  readonly waiting: readonly { readonly lane: DueLane; readonly ms: number }[]
}

/**
 * Shares the free slots among lanes, one by one in turns: a lane with a million rows gets no more than one with three,
 * until those three are served.
 * @param lanes the first comes first in every turn: the caller rotates them.
 */
export function shareSlots(
  slots: Pick<Slots, 'take'>,
  lanes: readonly DueLane[],
  options: { readonly nowMs: number; readonly lanesMax: number },
): Sharing {
  const granted = new Map<DueLane, Slot[]>()
  const waiting: { lane: DueLane; ms: number }[] = []
  let asking: readonly DueLane[] = lanes
  while (asking.length > 0) {
    const stillAsking: DueLane[] = []
    for (const lane of asking) {
      const has = granted.get(lane)
      if (has === undefined && granted.size >= options.lanesMax) continue
      const admission = slots.take(lane, options.nowMs)
      if (admission.kind === 'go') {
        if (has === undefined) granted.set(lane, [admission.slot])
        else has.push(admission.slot)
        stillAsking.push(lane)
      } else if (has === undefined) {
        waiting.push({ lane, ms: admission.ms })
      }
    }
    asking = stillAsking
  }
  return { grants: [...granted].map(([lane, taken]) => ({ lane, slots: taken })), waiting }
}
