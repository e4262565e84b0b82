import { z } from 'zod'
import type { OwnerType } from '../domain/target-types.ts'
import { loadReceivers, type Receiver } from '../store/receivers.ts'
import type { Db } from '../store/transaction.ts'

const RECEIVER_KINDS = ['target', 'webhook', 'channel'] as const

export const receiverSchema = z
  .object({
    kind: z.enum(RECEIVER_KINDS),
    system: z.string().describe("Whose own API is called; '' for a URL"),
    host: z
      .string()
      .describe("That its URL calls; '' where the system knows it. Paths and parameters may be secret"),
  })
  .nullable()
  .describe('What its target is known by, whoever asks; null when it is deleted')
  .meta({ id: 'Receiver' })

type ReceiverView = z.input<typeof receiverSchema>

const KIND_OF: Readonly<Partial<Record<OwnerType, (typeof RECEIVER_KINDS)[number]>>> = {
  workspace: 'webhook',
  alerts: 'channel',
}

/** Tells the receivers of these targets by id. */
export async function receiverViewer(
  db: Db,
  workspace: string,
  targetIds: readonly string[],
): Promise<(targetId: string) => ReceiverView> {
  const receivers = await loadReceivers(db, workspace, targetIds)
  return (targetId) => {
    const receiver = receivers.get(targetId)
    return receiver === undefined ? null : toReceiverView(receiver)
  }
}

function toReceiverView({ ownerType, system, url }: Receiver): NonNullable<ReceiverView> {
  return { kind: KIND_OF[ownerType] ?? 'target', system, host: system === '' ? hostOf(url) : '' }
}

/** Of a URL that may have macros in its host; a user name and a password are no part of it. */
function hostOf(url: string): string {
  const authority = /^\w+:\/\/([^/?#\\]+)/.exec(url)?.[1] ?? ''
  return authority.slice(authority.lastIndexOf('@') + 1)
}
