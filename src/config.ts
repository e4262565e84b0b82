import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'

/** A unix socket's path has 107 bytes at most (unix(7)); the longest below is /run/edge-1023.sock. */
const DATA_DIR_BYTES_MAX = 107 - '/run/edge-1023.sock'.length

const portSchema = z.coerce.number().int().min(0).max(65_535)
const listSchema = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

/** The names and their meaning are documented in docs/operating/settings.md. */
const environmentSchema = z.object({
  TRAILPOST_DATA_DIR: z.string().default('data'),
  TRAILPOST_PUBLIC_HOST: z.string().default('0.0.0.0'),
  TRAILPOST_PUBLIC_PORT: portSchema.default(8080),
  TRAILPOST_DASHBOARD_HOST: z.string().default('127.0.0.1'),
  TRAILPOST_DASHBOARD_PORT: portSchema.default(8081),
  TRAILPOST_PUBLIC_URL: z.string().default(''),
  TRAILPOST_DASHBOARD_URL: z.string().default(''),
  TRAILPOST_EDGES: z.coerce.number().int().min(1).max(256).optional(),
  TRAILPOST_DURABILITY: z.enum(['disk', 'os']).default('disk'),
  TRAILPOST_DATABASE_URL: z.string().default(''),
  TRAILPOST_CLICKHOUSE_URL: z.string().default(''),
  TRAILPOST_TRUSTED_PROXIES: listSchema,
  TRAILPOST_ALLOW_PRIVATE_TARGETS: listSchema,
  TRAILPOST_GEO_DATABASE: z.string().default(''),
  TRAILPOST_ASN_DATABASE: z.string().default(''),
  TRAILPOST_SECRET: z.string().default(''),
  TRAILPOST_SMTP_URL: z.string().default('').refine(isSmtpUrl, 'must be smtp://HOST or smtps://HOST'),
  TRAILPOST_MAIL_FROM: z.string().default('').refine(isMailSender, 'must be ADDRESS or NAME <ADDRESS>'),
  TRAILPOST_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
})

export type Config = {
  /** Absolute. Everything the installation keeps lies below it. */
  readonly dataDir: string
  readonly publicHost: string
  readonly publicPort: number
  readonly dashboardHost: string
  readonly dashboardPort: number
  /** As visitors see the tracking host, without a trailing slash. */
  readonly publicUrl: string
  readonly dashboardUrl: string
  readonly edges: number
  /** disk: an answer waits for fdatasync; os: for the write alone. */
  readonly durability: 'disk' | 'os'
  /** postgres://…; '' for SQLite in dataDir. */
  readonly databaseUrl: string
  /** http(s)://…; '' for chDB in dataDir. */
  readonly clickhouseUrl: string
  /** Addresses and CIDR ranges whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  readonly trustedProxies: readonly string[]
  /** Addresses and CIDR ranges that notification targets may have although they are not public. */
  readonly allowPrivateTargets: readonly string[]
  /** Paths of .mmdb files; '' for the packaged city database, and for no ASN database. */
  readonly geoDatabase: string
  readonly asnDatabase: string
  /** smtp:// or smtps://, with user and password; '' for no e-mail. */
  readonly smtpUrl: string
  /** Who e-mails come from: `address` or `Name <address>`. */
  readonly mailFrom: string
  /** 32 bytes or more, hex; '' to keep a generated one in dataDir. */
  readonly secret: string
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
}

/**
 * Reads and checks the settings; nothing else reads process.env.
 * @throws ConfigError naming every wrong variable.
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = environmentSchema.safeParse(environment)
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    )
  }
  const env = parsed.data
  const dataDir = resolve(env.TRAILPOST_DATA_DIR)
  if (Buffer.byteLength(dataDir) > DATA_DIR_BYTES_MAX) {
    throw new ConfigError(
      `TRAILPOST_DATA_DIR: at most ${DATA_DIR_BYTES_MAX} bytes, because sockets lie below it`,
    )
  }
  if (env.TRAILPOST_SMTP_URL !== '' && env.TRAILPOST_MAIL_FROM === '') {
    throw new ConfigError(
      'TRAILPOST_MAIL_FROM: must say who e-mails come from, since TRAILPOST_SMTP_URL is set',
    )
  }
  return {
    dataDir,
    publicHost: env.TRAILPOST_PUBLIC_HOST,
    publicPort: env.TRAILPOST_PUBLIC_PORT,
    dashboardHost: env.TRAILPOST_DASHBOARD_HOST,
    dashboardPort: env.TRAILPOST_DASHBOARD_PORT,
    publicUrl: trimSlash(env.TRAILPOST_PUBLIC_URL) || `http://localhost:${env.TRAILPOST_PUBLIC_PORT}`,
    dashboardUrl:
      trimSlash(env.TRAILPOST_DASHBOARD_URL) || `http://localhost:${env.TRAILPOST_DASHBOARD_PORT}`,
    edges: env.TRAILPOST_EDGES ?? availableParallelism(),
    durability: env.TRAILPOST_DURABILITY,
    databaseUrl: env.TRAILPOST_DATABASE_URL,
    clickhouseUrl: env.TRAILPOST_CLICKHOUSE_URL,
    trustedProxies: env.TRAILPOST_TRUSTED_PROXIES,
    allowPrivateTargets: env.TRAILPOST_ALLOW_PRIVATE_TARGETS,
    geoDatabase: env.TRAILPOST_GEO_DATABASE,
    asnDatabase: env.TRAILPOST_ASN_DATABASE,
    smtpUrl: env.TRAILPOST_SMTP_URL,
    mailFrom: env.TRAILPOST_MAIL_FROM,
    secret: env.TRAILPOST_SECRET,
    logLevel: env.TRAILPOST_LOG_LEVEL,
  }
}

/** The environment for a child process that runs with other settings than this one. */
export function childEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...settings }
}

export class ConfigError extends Error {
  readonly code = 'bad_config'
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

function isSmtpUrl(text: string): boolean {
  if (text === '') return true
  const url = URL.parse(text)
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
}

/** No line break and no second address may slip into a header. */
function isMailSender(text: string): boolean {
  return text === '' || /^(?:[^<>,\r\n]*<[^\s<>,@]+@[^\s<>,@]+>|[^\s<>,@]+@[^\s<>,@]+)$/.test(text)
}
