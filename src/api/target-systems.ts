import { z } from 'zod'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import {
  type SystemField,
  type SystemRules,
  TARGET_SYSTEMS,
  type TargetSystem,
} from '../domain/target-systems/target-system.ts'
import type { ApiApp } from './api-deps.ts'

const fieldSchema = z
  .object({
    name: z.string(),
    label: z.string(),
    help: z.string().describe('Where to find it'),
    isRequired: z.boolean(),
    pattern: z.string().describe("Regular expression that the whole value matches; '' for any text"),
    choices: z.array(z.string()).describe('The first by default; empty for free text'),
  })
  .meta({ id: 'TargetSystemField' })

const needsSchema = z
  .object({
    visitParams: z.array(z.string()).describe("Parameters of the visit's link; one of them is enough"),
    person: z
      .enum(['none', 'besides', 'instead'])
      .describe(
        'E-mail and phone, given with consent: not passed on, passed on too, or enough by themselves',
      ),
    besides: z
      .array(z.enum(['email', 'phone', 'visitor']))
      .describe('One of these is asked for besides the parameters; empty for nothing more'),
  })
  .meta({ id: 'TargetSystemNeeds' })

const systemSchema = z
  .object({
    system: z.enum(TARGET_SYSTEMS),
    label: z.string(),
    documentation: z.string().describe("The system's own"),
    settings: z.array(fieldSchema),
    secrets: z.array(fieldSchema).describe('Kept sealed and never shown again'),
    baseUrl: z
      .string()
      .describe("Where it is called unless the target has another URL; '' when it must have one"),
    expireHours: z.int().describe('How long after a conversion it still takes news; 0 for ever'),
    isToldOnce: z.boolean().describe('Told once per conversion, else once per status'),
    isTakenBack: z.boolean().describe('Told once more when the conversion stops to earn'),
    needs: needsSchema
      .nullable()
      .describe('What a conversion must come with, else the system is not told; null for nothing'),
    isForPeople: z.boolean().describe('Can be told of alerts too'),
  })
  .meta({ id: 'TargetSystem' })

const listSchema = z.object({ items: z.array(systemSchema) })

/** The systems that notification targets and channels of alerts can be of, with the forms to fill in for each. */
export function targetSystemRoutes(app: ApiApp): void {
  app.get('/api/v1/target-systems', {
    schema: {
      tags: ['notification-targets'],
      summary: 'Systems that are told by their own API',
      response: { 200: listSchema },
    },
    handler: async () => ({ items: TARGET_SYSTEMS.flatMap(toView) }),
  })
}

function toView(system: TargetSystem): readonly z.input<typeof systemSchema>[] {
  const rules = rulesOf(system)
  return rules === undefined ? [] : [{ system, ...viewOf(rules) }]
}

function viewOf(rules: SystemRules): Omit<z.input<typeof systemSchema>, 'system'> {
  const { label, documentation, baseUrl, expireHours, isToldOnce } = rules
  return {
    label,
    documentation,
    settings: rules.settings.map(toFieldView),
    secrets: rules.secrets.map(toFieldView),
    baseUrl,
    expireHours,
    isToldOnce,
    isTakenBack: rules.retracts !== undefined,
    needs: toNeedsView(rules),
    isForPeople: rules.buildMessage !== undefined,
  }
}

function toNeedsView({ needs }: SystemRules): z.input<typeof systemSchema>['needs'] {
  if (needs === undefined) return null
  const { visitParams, person, besides } = needs
  return { visitParams: [...visitParams], person, besides: [...besides] }
}

function toFieldView(field: SystemField): z.input<typeof fieldSchema> {
  const { name, label, help, isRequired, pattern, choices } = field
  return { name, label, help, isRequired, pattern, choices: [...choices] }
}
