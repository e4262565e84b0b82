import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import networkEntries from './affiliate-networks.json' with { type: 'json' }
import type { AffiliateNetworkTemplate, Families, TrafficSourceTemplate } from './catalogue-schema.ts'
import { familiesSchema } from './catalogue-schema.ts'
import familyEntries from './families.json' with { type: 'json' }
import { readTemplateFile, readTemplates, type TemplateFile } from './read-template-file.ts'
import sourceEntries from './traffic-sources.json' with { type: 'json' }

/** Folder below the data directory with the operator's own templates. */
export const OWN_TEMPLATES_FOLDER = 'catalogue'
export const TEMPLATE_FILE_BYTES_MAX = 1024 * 1024
const FILES_MAX = 100

export type Catalogue = {
  readonly trafficSources: ReadonlyMap<string, TrafficSourceTemplate>
  readonly affiliateNetworks: ReadonlyMap<string, AffiliateNetworkTemplate>
  /** Of the operator's own files, which do not keep the rest from being used; one sentence each. */
  readonly problems: readonly string[]
}

let families: Families | undefined
let builtIn: TemplateFile | undefined

/** Engines that templates refer to. */
export function builtInFamilies(): Families {
  families ??= familiesSchema.parse(familyEntries)
  return families
}

/** Templates that come with the product; read once. */
export function builtInTemplates(): TemplateFile {
  const content = { trafficSources: sourceEntries, affiliateNetworks: networkEntries }
  builtIn ??= readTemplates(content, builtInFamilies(), 'built-in')
  return builtIn
}

/** All templates by key: those that come with the product, and the operator's own, which win over them. */
export async function loadCatalogue(dataDir: string): Promise<Catalogue> {
  const own = await loadOwnTemplates(dataDir)
  const known = builtInTemplates()
  return {
    trafficSources: byKey([...known.trafficSources, ...own.trafficSources]),
    affiliateNetworks: byKey([...known.affiliateNetworks, ...own.affiliateNetworks]),
    problems: [...known.problems, ...own.problems],
  }
}

/** The operator's own files, in the order of their names. What can not be read keeps nothing else from being used. */
async function loadOwnTemplates(dataDir: string): Promise<TemplateFile> {
  const folder = join(dataDir, OWN_TEMPLATES_FOLDER)
  const listed = await listFiles(folder)
  const names = listed.names.filter((name) => name.endsWith('.json')).sort()
  const files: TemplateFile[] = []
  for (const name of names.slice(0, FILES_MAX)) files.push(await loadFile(join(folder, name), name))
  const excess = names.length > FILES_MAX ? [`more than ${FILES_MAX} files: the others are not read`] : []
  return {
    trafficSources: files.flatMap((file) => file.trafficSources),
    affiliateNetworks: files.flatMap((file) => file.affiliateNetworks),
    problems: [...listed.problems, ...files.flatMap((file) => file.problems), ...excess],
  }
}

async function loadFile(path: string, name: string): Promise<TemplateFile> {
  try {
    const { size } = await stat(path)
    if (size > TEMPLATE_FILE_BYTES_MAX) {
      return withoutTemplates(`${name}: is larger than ${TEMPLATE_FILE_BYTES_MAX} bytes`)
    }
    const file = readTemplateFile(await readFile(path, 'utf8'), builtInFamilies(), 'own')
    return { ...file, problems: file.problems.map((problem) => `${name}: ${problem}`) }
  } catch (error) {
    if (isSystemError(error)) return withoutTemplates(`${name}: can not be read (${error.code})`)
    throw error
  }
}

async function listFiles(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly problems: readonly string[] }> {
  try {
    return { names: await readdir(folder), problems: [] }
  } catch (error) {
    if (!isSystemError(error)) throw error
    // No templates of their own is what most operators have.
    const problems = error.code === 'ENOENT' ? [] : [`${folder}: can not be read (${error.code})`]
    return { names: [], problems }
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

function withoutTemplates(problem: string): TemplateFile {
  return { trafficSources: [], affiliateNetworks: [], problems: [problem] }
}

function byKey<Template extends { readonly key: string }>(
  templates: readonly Template[],
): ReadonlyMap<string, Template> {
  return new Map(templates.map((template) => [template.key, template]))
}
