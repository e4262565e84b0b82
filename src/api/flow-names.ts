import type { FlowPath, FlowRule } from '../domain/flow.ts'
import type { Db } from '../store/transaction.ts'

/** Names of the paths and rules of a workspace's flows, archived ones too, by id; those without a name are absent. */
export async function loadFlowNames(
  db: Db,
  workspace: string,
): Promise<{ readonly path: ReadonlyMap<string, string>; readonly rule: ReadonlyMap<string, string> }> {
  const columns = ['rules_json', 'paths_json'] as const
  const campaigns = await db
    .selectFrom('campaigns')
    .select(columns)
    .where('workspace', '=', workspace)
    .execute()
  const flows = await db.selectFrom('flows').select(columns).where('workspace', '=', workspace).execute()
  const path = new Map<string, string>()
  const rule = new Map<string, string>()
  for (const row of [...campaigns, ...flows]) {
    const rules = JSON.parse(row.rules_json) as readonly FlowRule[] // written by store/flows.ts and campaigns.ts
    const paths = JSON.parse(row.paths_json) as readonly FlowPath[]
    for (const { id, name } of rules) if (name !== '') rule.set(id, name)
    for (const { id, name = '' } of [...paths, ...rules.flatMap((one) => one.paths)]) {
      if (name !== '') path.set(id, name)
    }
  }
  return { path, rule }
}
