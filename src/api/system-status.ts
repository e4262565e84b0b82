import { z } from 'zod'
import { countWorkspaces } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { timeField } from './fields.ts'

const findingSchema = z
  .object({
    check: z.string().describe("What was looked at, e.g. 'disk space'"),
    ok: z.boolean(),
    detail: z.string().describe("What was seen; '' where the installation has several workspaces"),
    mend: z
      .string()
      .describe("What to do when it is not well; '' otherwise, and where there are several workspaces"),
  })
  .meta({ id: 'SystemFinding' })

const serviceSchema = z.object({
  engine: z.string(),
  address: z
    .string()
    .describe("Host and name, or the path; '' when unknown, and where there are several workspaces"),
})

const databaseSchema = z.object({ name: z.string(), builtAt: timeField })

const systemSchema = z
  .object({
    version: z.string(),
    node: z.string(),
    startedAt: timeField.describe('Of this core process'),
    sql: serviceSchema,
    ledger: serviceSchema,
    edges: z.array(
      z.object({
        id: z.int(),
        isCurrent: z.boolean().describe('Serves the configuration as it is now'),
      }),
    ),
    journalLagSeconds: z.number().describe('How far reports are behind the visits'),
    outboxRows: z.int().describe('Changes of conversions on their way to the ledger'),
    quarantinedRows: z.int().describe('Since the start, what the ledger refused'),
    deliveries: z.object({
      waiting: z.int().describe('At most 100,000 are counted'),
      due: z.int().describe('Of them, those whose time has come'),
    }),
    jobs: z.object({ waiting: z.int(), running: z.int() }),
    retentionDay: z.string().nullable().describe('UTC day that is treated completely; null before the first'),
    disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }),
    geoDatabase: databaseSchema.nullable(),
    asnDatabase: databaseSchema
      .nullable()
      .describe('Without it providers, networks and data centres stay unknown'),
    mailServer: z
      .string()
      .nullable()
      .describe(
        "Host of the mail server; '' when none is set, null when one is and there are several workspaces",
      ),
    checkedAt: timeField.describe('Looked at again after half a minute'),
    findings: z.array(findingSchema),
  })
  .meta({ id: 'System' })

/** One thing looked at: whether it is well, what was seen, and what to do when it is not. */
export type SystemFinding = Readonly<z.input<typeof findingSchema>>
export type SystemStatus = z.input<typeof systemSchema>

/** How the installation is: the same for every workspace, and with all details where there is one alone. */
export function systemStatusRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/system', {
    schema: {
      tags: ['system'],
      summary: 'How the installation is, with what `trailpost doctor` finds',
      response: { 200: systemSchema },
    },
    handler: async () => {
      const status = await deps.systemStatus()
      return (await countWorkspaces(deps.store.db)) > 1 ? withoutPlaces(status) : status
    },
  })
}

/** The owner of one workspace among several is not the operator: what tells of the machine's insides is left out. */
function withoutPlaces(status: SystemStatus): SystemStatus {
  return {
    ...status,
    sql: { ...status.sql, address: '' },
    ledger: { ...status.ledger, address: '' },
    mailServer: status.mailServer === '' ? '' : null,
    findings: status.findings.map(({ check, ok }) => ({ check, ok, detail: '', mend: '' })),
  }
}
