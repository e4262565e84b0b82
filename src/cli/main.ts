import { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { packageVersion } from './package-version.ts'

/** The command line. Each command loads its own parts, so that `version` does not wait for a database engine. */
const program = new Command('trailpost')
  .description('Self-hosted conversion tracking: postback links and conversion pixels.')
  .version(packageVersion(), '-v, --version')
  .showHelpAfterError('(see trailpost --help)')

program
  .command('start')
  .description('run everything on this machine: edges, core, dashboard')
  .action(async () => (await import('./start.ts')).runStart())

program
  .command('edge')
  .description('run one edge process: the public tracking port')
  .option('--id <n>', 'number of this edge, 0 to 1023, unique in the installation', parseEdgeId, 0)
  .action(async (options: { id: number }) => (await import('./edge.ts')).runEdge(options.id))

program
  .command('core')
  .description('run the core process: judging, loading, delivery, API and dashboard')
  .action(async () => (await import('./core.ts')).runCore())

program
  .command('warm')
  .description('compile ahead of the first start; npm ci does it')
  .action(async () => (await import('./warm.ts')).runWarm())

type DemoFlags = {
  readonly visits: number
  readonly chain?: true
  readonly explore?: true
  readonly json?: true
}

program
  .command('demo')
  .description('show the main job on real input: a source, a network, an advertiser and a browser')
  .option('--visits <n>', 'visits that the traffic source sends', parseCount, 2_000)
  .option('--chain', 'two installations, a network and the tracker of its affiliate, one behind the other')
  .option('--explore', 'an installation with four weeks of example data to look around in, until Ctrl-C')
  .option('--json', 'print the result as JSON')
  .action(async ({ visits, chain, explore, json }: DemoFlags) => {
    const options = { visits, json: json === true }
    if (explore === true) await (await import('./demo/explore.ts')).runExplore()
    else if (chain === true) await (await import('./demo/chain.ts')).runChain(options)
    else await (await import('./demo/demo.ts')).runDemo(options)
  })

program
  .command('doctor')
  .description('check disk, ports, permissions, stores and clock, and say how to mend what is wrong')
  .option('--json', 'print the findings as JSON')
  .action(async (options: { json?: true }) => (await import('./doctor.ts')).runDoctor(options.json === true))

const owner = program.command('owner').description('accounts that own a workspace')

owner
  .command('create')
  .description('create an owner and a workspace without the set-up page')
  .requiredOption('--email <address>')
  .requiredOption('--password <text>', 'at least 10 characters')
  .requiredOption('--name <text>', "the person's name")
  .option('--workspace <name>', 'name of the workspace', 'My workspace')
  .option('--currency <code>', 'ISO 4217', 'USD')
  .option('--time-zone <zone>', 'IANA name', 'UTC')
  .action(async (options) => (await import('./owner-create.ts')).runOwnerCreate(options))

owner
  .command('reset-password')
  .description('give a person who forgot theirs a new password, print it once, and end their sessions')
  .argument('<email>', 'their e-mail address')
  .action(async (email: string) => (await import('./owner-reset-password.ts')).runOwnerResetPassword(email))

owner
  .command('reset-two-factor')
  .description('let a person who lost their second factor sign in by password alone, and end their sessions')
  .argument('<email>', 'their e-mail address')
  .action(async (email: string) =>
    (await import('./owner-reset-two-factor.ts')).runOwnerResetTwoFactor(email),
  )

program
  .command('api-key')
  .description('keys for the API')
  .command('create')
  .description('create an API key and print it once')
  .requiredOption('--name <text>', 'what it is for')
  .option('--role <role>', 'owner, manager or viewer', 'manager')
  .option('--workspace <id>', 'needed when there is more than one')
  .action(async (options) => (await import('./api-key-create.ts')).runApiKeyCreate(options))

const catalogue = program
  .command('catalogue')
  .description('templates of traffic sources and affiliate networks')

catalogue
  .command('list')
  .description('the templates, or those that have every word of a text')
  .argument('[text]', 'words of the name, key or family', '')
  .action(async (text: string) => (await import('./catalogue.ts')).runCatalogueList(text))

catalogue
  .command('check')
  .description('say what is wrong with the templates, or with those of one file')
  .argument('[file]', 'a JSON file of templates')
  .action(async (file?: string) => (await import('./catalogue.ts')).runCatalogueCheck(file))

catalogue
  .command('add')
  .description('use the templates of a file as well; they win over built-in ones of the same key')
  .argument('<file>', 'a JSON file of templates')
  .action(async (file: string) => (await import('./catalogue.ts')).runCatalogueAdd(file))

program
  .command('export')
  .description('write a list of a running server as CSV to standard output')
  .argument('<list>', 'conversions, hits, deliveries, campaigns or offers')
  .requiredOption('--key <key>', 'API key')
  .action(async (list: string, options: { key: string }) =>
    (await import('./export.ts')).runExport(list, options),
  )

program
  .command('version')
  .description('print the version')
  .action(() => console.log(packageVersion()))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(`Trailpost cannot start with these settings:\n${error.message}`)
  process.exitCode = 1
}

function parseEdgeId(text: string): number {
  const id = Number(text)
  if (!Number.isInteger(id) || id < 0 || id > 1_023)
    throw new ConfigError('--id: a whole number from 0 to 1023')
  return id
}

function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 10_000_000) {
    throw new ConfigError('--visits: a whole number from 1 to 10000000')
  }
  return count
}
