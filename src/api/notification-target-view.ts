import type { z } from 'zod'
import type { StoredTarget } from '../store/notification-targets.ts'
import { loadTargetHealth } from '../store/target-health-view.ts'
import type { Db } from '../store/transaction.ts'
import type { Vault } from '../store/vault.ts'
import { toTime } from './fields.ts'
import type { targetSchema } from './notification-target-fields.ts'
import { toHealthView } from './target-health-view.ts'
import { toSecretsView } from './target-secrets-view.ts'

type TargetView = z.input<typeof targetSchema>

/** What views of targets are made with. */
export type TargetViewing = {
  readonly db: Db
  readonly vault: Vault
  /** Unix milliseconds. */
  readonly now: number
}

/** Shows these targets: how they fare, and of what is secret the names alone. */
export async function targetViewer(
  viewing: TargetViewing,
  targets: readonly StoredTarget[],
): Promise<(target: StoredTarget) => TargetView> {
  const ids = targets.map(({ id }) => id)
  const health = await loadTargetHealth(viewing.db, ids)
  return (target) => {
    const { workspace: _, sealedSecrets, createdAt, updatedAt, settings, events, statuses, ...rest } = target
    return {
      ...rest,
      settings: { ...settings },
      events: [...events],
      statuses: [...statuses],
      ...toSecretsView(sealedSecrets, viewing),
      health: toHealthView(health.get(target.id)),
      createdAt: toTime(createdAt),
      updatedAt: toTime(updatedAt),
    }
  }
}

/** In the same order. */
export async function toTargetViews(
  viewing: TargetViewing,
  targets: readonly StoredTarget[],
): Promise<TargetView[]> {
  return targets.map(await targetViewer(viewing, targets))
}

export async function toTargetView(viewing: TargetViewing, target: StoredTarget): Promise<TargetView> {
  const viewOf = await targetViewer(viewing, [target])
  return viewOf(target)
}
