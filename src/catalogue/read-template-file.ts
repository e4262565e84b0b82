import { z } from 'zod'
import {
  type AffiliateNetworkTemplate,
  affiliateNetworkEntrySchema,
  type Families,
  type TrafficSourceTemplate,
  trafficSourceEntrySchema,
} from './catalogue-schema.ts'
import { checkAffiliateNetwork } from './check-affiliate-network.ts'
import { checkTrafficSource } from './check-traffic-source.ts'
import {
  describeIssues,
  type Origin,
  type Resolved,
  resolveAffiliateNetwork,
  resolveTrafficSource,
} from './resolve-template.ts'

const TEMPLATES_MAX = 1_000

/** A file of templates: entries that are judged one by one, so that one broken entry does not hide the others. */
const fileSchema = z.strictObject({
  trafficSources: z.array(z.unknown()).max(TEMPLATES_MAX).default([]),
  affiliateNetworks: z.array(z.unknown()).max(TEMPLATES_MAX).default([]),
})

export type TemplateFile = {
  readonly trafficSources: readonly TrafficSourceTemplate[]
  readonly affiliateNetworks: readonly AffiliateNetworkTemplate[]
  /** One sentence each, naming the template; those that have problems are left out. */
  readonly problems: readonly string[]
}

/** Reads templates from the text of a JSON file and judges them by the rules of the built-in ones. */
export function readTemplateFile(text: string, families: Families, origin: Origin): TemplateFile {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    return failed([`is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`])
  }
  const file = fileSchema.safeParse(content)
  if (!file.success) return failed(describeIssues(file.error))
  return readTemplates(file.data, families, origin)
}

/** The same of content that was parsed already. */
export function readTemplates(
  content: { readonly trafficSources: readonly unknown[]; readonly affiliateNetworks: readonly unknown[] },
  families: Families,
  origin: Origin,
): TemplateFile {
  const sources = judgeAll(content.trafficSources, 'trafficSources', (entry) => {
    const parsed = trafficSourceEntrySchema.safeParse(entry)
    if (!parsed.success) return { ok: false, problems: describeIssues(parsed.error) }
    return judged(resolveTrafficSource(parsed.data, families, origin), checkTrafficSource)
  })
  const networks = judgeAll(content.affiliateNetworks, 'affiliateNetworks', (entry) => {
    const parsed = affiliateNetworkEntrySchema.safeParse(entry)
    if (!parsed.success) return { ok: false, problems: describeIssues(parsed.error) }
    return judged(resolveAffiliateNetwork(parsed.data, families, origin), checkAffiliateNetwork)
  })
  return {
    trafficSources: sources.templates,
    affiliateNetworks: networks.templates,
    problems: [...sources.problems, ...networks.problems],
  }
}

function judgeAll<Template extends { readonly key: string }>(
  entries: readonly unknown[],
  list: string,
  judge: (entry: unknown) => Resolved<Template>,
): { readonly templates: readonly Template[]; readonly problems: readonly string[] } {
  const templates = new Map<string, Template>()
  const problems: string[] = []
  for (const [index, entry] of entries.entries()) {
    const where = `${list}.${index}${nameOf(entry)}`
    const result = judge(entry)
    if (!result.ok) problems.push(...result.problems.map((problem) => `${where}: ${problem}`))
    else if (templates.has(result.template.key)) problems.push(`${where}: the key is there twice`)
    else templates.set(result.template.key, result.template)
  }
  return { templates: [...templates.values()], problems }
}

function judged<Template>(
  resolved: Resolved<Template>,
  check: (template: Template) => readonly string[],
): Resolved<Template> {
  if (!resolved.ok) return resolved
  const problems = check(resolved.template)
  return problems.length === 0 ? resolved : { ok: false, problems }
}

function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('key' in entry)) return ''
  return typeof entry.key === 'string' ? ` (${entry.key})` : ''
}

function failed(problems: readonly string[]): TemplateFile {
  return { trafficSources: [], affiliateNetworks: [], problems }
}
