import { copyFile, mkdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { findTemplates } from '../catalogue/find-template.ts'
import {
  builtInFamilies,
  loadCatalogue,
  OWN_TEMPLATES_FOLDER,
  TEMPLATE_FILE_BYTES_MAX,
} from '../catalogue/load-catalogue.ts'
import { readTemplateFile, type TemplateFile } from '../catalogue/read-template-file.ts'
import { ConfigError, loadConfig } from '../config.ts'

/** `trailpost catalogue list [text]`: one line for each template that has every word of the text. */
export async function runCatalogueList(text: string): Promise<void> {
  const { trafficSources, affiliateNetworks, problems } = await loadCatalogue(loadConfig().dataDir)
  for (const { key, name, origin, placeholders } of findTemplates(trafficSources, text)) {
    console.log(lineOf('traffic source', key, `${name}${marks(origin, placeholders.length)}`))
  }
  for (const { key, name, origin, placeholders } of findTemplates(affiliateNetworks, text)) {
    console.log(lineOf('network', key, `${name}${marks(origin, placeholders.length)}`))
  }
  printProblems(problems)
}

/**
 * `trailpost catalogue check [file]`: judges one file of templates, or, without one, all that this installation
 * uses. Ends with exit code 1 when something is wrong.
 */
export async function runCatalogueCheck(file: string | undefined): Promise<void> {
  const { count, problems } = file === undefined ? await checkAll() : countOf(await readFileOf(file))
  printProblems(problems)
  if (problems.length > 0) process.exitCode = 1
  else console.log(`${counted(count)}, nothing wrong`)
}

/**
 * `trailpost catalogue add <file>`: keeps a file of sound templates in the data directory, where a running server
 * finds it at once. A file of the same name is replaced.
 */
export async function runCatalogueAdd(file: string): Promise<void> {
  const { count, problems } = countOf(await readFileOf(file))
  printProblems(problems)
  if (problems.length > 0) {
    process.exitCode = 1
    return
  }
  if (count === 0) throw new ConfigError(`${file}: holds no template`)
  const folder = join(loadConfig().dataDir, OWN_TEMPLATES_FOLDER)
  await mkdir(folder, { recursive: true })
  const target = join(folder, basename(file))
  // A running server reads what ends in .json: it sees the file whole or not at all.
  await copyFile(file, `${target}.new`)
  await rename(`${target}.new`, target)
  console.log(`${counted(count)} in ${target}`)
}

async function checkAll(): Promise<{ readonly count: number; readonly problems: readonly string[] }> {
  const { trafficSources, affiliateNetworks, problems } = await loadCatalogue(loadConfig().dataDir)
  return { count: trafficSources.size + affiliateNetworks.size, problems }
}

/** @throws ConfigError for a file that can not be one of templates. */
async function readFileOf(file: string): Promise<TemplateFile> {
  if (!basename(file).endsWith('.json')) throw new ConfigError(`${file}: the name ends in .json`)
  const size = await sizeOf(file)
  if (size > TEMPLATE_FILE_BYTES_MAX) {
    throw new ConfigError(`${file}: is larger than ${TEMPLATE_FILE_BYTES_MAX} bytes`)
  }
  return readTemplateFile(await readFile(file, 'utf8'), builtInFamilies(), 'own')
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    throw new ConfigError(`${file}: can not be read`, { cause: error })
  }
}

function countOf({ trafficSources, affiliateNetworks, problems }: TemplateFile) {
  return { count: trafficSources.length + affiliateNetworks.length, problems }
}

function printProblems(problems: readonly string[]): void {
  for (const problem of problems) console.error(problem)
}

function lineOf(kind: string, key: string, rest: string): string {
  return `${kind.padEnd(15)} ${key.padEnd(32)} ${rest}`
}

function marks(origin: string, placeholders: number): string {
  const asked =
    placeholders === 0 ? '' : `, asks for ${placeholders} ${placeholders === 1 ? 'value' : 'values'}`
  return `${origin === 'own' ? ', your own' : ''}${asked}`
}

function counted(templates: number): string {
  return `${templates} ${templates === 1 ? 'template' : 'templates'}`
}
