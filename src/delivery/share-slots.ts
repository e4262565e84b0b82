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
  const { nowMs, lanesMax } = options
  const grants: { lane: DueLane; slots: Slot[] }[] = []
  const waiting: { lane: DueLane; ms: number }[] = []
  for (const lane of lanes) {
    if (grants.length >= lanesMax) break
    const admission = slots.take(lane, nowMs)
    if (admission.kind === 'go') grants.push({ lane, slots: [admission.slot] })
    else waiting.push({ lane, ms: admission.ms })
  }
  let asking: readonly (typeof grants)[number][] = grants
  while (asking.length > 0) asking = asking.filter((grant) => giveOneMore(slots, grant, nowMs))
  return { grants, waiting }
}

function giveOneMore(
  slots: Pick<Slots, 'take'>,
  grant: { readonly lane: DueLane; readonly slots: Slot[] },
  nowMs: number,
): boolean {
  const admission = slots.take(grant.lane, nowMs)
  if (admission.kind === 'go') grant.slots.push(admission.slot)
  return admission.kind === 'go'
}
