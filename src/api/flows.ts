import { z } from 'zod'
import {
  archiveFlow,
  createFlow,
  type Flow,
  type FlowFields,
  getFlow,
  listFlows,
  restoreFlow,
  updateFlow,
} from '../store/flows.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { checkFlowArchive } from './archive-checks.ts'
import { findCircle } from './campaign-circles.ts'
import { nameField } from './fields.ts'
import { findFlowErrors } from './flow-checks.ts'
import { flowDefaults, flowFields, flowViewFields, toFlowView } from './flow-fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { invalidFields } from './problem.ts'

const flowSchema = z.object({ ...ownedFields, name: z.string(), ...flowViewFields }).meta({ id: 'Flow' })

/** Flows that campaigns share. */
export function flowRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Flow, FlowFields>(app, deps, {
    path: 'flows',
    what: 'flow',
    createBody: z.strictObject({ name: nameField, ...flowDefaults }),
    updateBody: z.strictObject({ name: nameField, ...flowFields }).partial(),
    itemSchema: flowSchema,
    create: createFlow,
    update: updateFlow,
    archive: archiveFlow,
    restore: restoreFlow,
    get: getFlow,
    list: listFlows,
    toViews: async (_db, items) => items.map(toView),
    check: checkFlow,
    checkArchive: checkFlowArchive,
  })
}

async function checkFlow(db: Db, workspace: string, flow: FlowFields, id?: string): Promise<void> {
  const errors = [...(await findFlowErrors(db, workspace, flow))]
  const circle = await findCircle(db, workspace, { kind: 'flow', id, flow })
  if (circle !== undefined) errors.push({ field: 'paths', message: circle })
  if (errors.length > 0) throw invalidFields(errors)
}

function toView(flow: Flow): z.input<typeof flowSchema> {
  return {
    ...toOwnedView(flow),
    name: flow.name,
    ...toFlowView(flow),
    optimization: flow.optimization,
  }
}
