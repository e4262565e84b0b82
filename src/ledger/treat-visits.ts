import { type MutableLedger, mutateLedger } from './mutate-ledger.ts'

/** What becomes of old rows of one workspace. Times are Unix milliseconds; 0 for nothing. */
export type VisitPolicy = {
  readonly workspace: string
  /** Parameters of rows before go, and the URL of the redirect, which repeats them. */
  readonly paramsBefore: number
  /** Address and user agent of rows before are treated; the URL of the redirect, which may carry them, goes. */
  readonly personalBefore: number
  readonly mode: 'truncate' | 'hash'
}

/** The two keys of HMAC-SHA256 (RFC 2104) for one month, hex: the secret's block, xored with each of the pads. */
export type MonthKey = { readonly month: number; readonly innerHex: string; readonly outerHex: string }

/**
 * Months (202611) that hold rows which a policy is not yet applied to; only such parts are read as can hold any.
 * @param except months that are known to hold none
 * @throws LedgerUnavailableError
 */
export async function monthsToTreat(
  ledger: Pick<MutableLedger, 'query'>,
  policies: readonly VisitPolicy[],
  except: readonly number[],
): Promise<readonly number[]> {
  const left = new PolicyText(policies).left()
  if (left === undefined) return []
  const known =
    except.length === 0 ? '' : `toYYYYMM(at_slot) NOT IN (${except.map(Math.trunc).join(', ')}) AND `
  const rows = await ledger.query<{ month: number }>(
    `SELECT DISTINCT toYYYYMM(at_slot) AS month FROM ledger WHERE ${known}(${left}) ORDER BY month`,
    new PolicyText(policies).params,
  )
  return rows.map(({ month }) => month)
}

/**
 * Applies the policies to one month, by one mutation. A row and the rows that correct it are of one time, so that they
 * are treated together and go on cancelling each other.
 *
 * The key of hashes must not become part of the mutation's text, which the engine keeps on disk: it is read from a table
 * in the engine's memory. When that is empty (the engine was restarted meanwhile) the mutation fails and changes nothing.
 * @throws LedgerMutationError, LedgerUnavailableError
 */
export async function treatMonth(
  ledger: MutableLedger,
  policies: readonly VisitPolicy[],
  key: MonthKey,
  signal: AbortSignal,
): Promise<void> {
  const text = new PolicyText(policies)
  const left = text.left()
  if (left === undefined) return
  await setKey(ledger, key)
  try {
    const { month } = key
    const sql = `UPDATE ${text.updates(month)} IN PARTITION ${Math.trunc(month)} WHERE ${left}`
    await mutateLedger(ledger, sql, text.params, signal)
  } finally {
    await ledger.command('TRUNCATE TABLE IF EXISTS ledger_keys', {})
  }
}

async function setKey(ledger: MutableLedger, { month, innerHex, outerHex }: MonthKey): Promise<void> {
  await ledger.command(
    'CREATE TABLE IF NOT EXISTS ledger_keys (month UInt32, inner_pad String, outer_pad String) ENGINE = Memory',
    {},
  )
  await ledger.command('TRUNCATE TABLE ledger_keys', {})
  await ledger.command(
    'INSERT INTO ledger_keys SELECT {month:UInt32}, unhex({inner:String}), unhex({outer:String})',
    { month, inner: innerHex, outer: outerHex },
  )
}

const WHOLE_ADDRESS = "ip != '' AND position(ip, '/') = 0 AND NOT startsWith(ip, 'hash:')"
const MAPPED = "startsWith(lower(ip), '::ffff:') AND isIPv4String(substring(ip, 8))"
const PLAIN = `if(${MAPPED}, substring(ip, 8), ip)`
const NETWORK = `multiIf(
  isIPv4String(${PLAIN}), concat(arrayStringConcat(arraySlice(splitByChar('.', ${PLAIN}), 1, 3), '.'), '.0/24'),
  isIPv6String(ip), concat(cutIPv6(IPv6StringToNumOrDefault(ip), 10, 10), '/48'),
  '')`
const BROWSER =
  "if(browser = '', 'other', trimRight(concat(browser, ' ', splitByChar('.', browser_version)[1])))"
const NO_PARAMS = "CAST(map(), 'Map(LowCardinality(String), String)')"

/** The SQL of policies, with the values that it names. domain/personal-data.ts says the same of single values. */
class PolicyText {
  readonly params: Readonly<Record<string, unknown>>
  readonly #policies: readonly VisitPolicy[]

  constructor(policies: readonly VisitPolicy[]) {
    this.#policies = policies.filter(({ paramsBefore, personalBefore }) => paramsBefore + personalBefore > 0)
    this.params = Object.fromEntries(
      this.#policies.flatMap(({ workspace, paramsBefore, personalBefore }, n) => [
        [`workspace${n}`, workspace],
        [`params${n}`, paramsBefore],
        [`personal${n}`, personalBefore],
      ]),
    )
  }

  /** Rows that are not yet as they should be; undefined when no policy wants anything. */
  left(): string | undefined {
    const all = this.#policies.flatMap((_, n) => [
      `(${this.#own(n, 'params')} AND (notEmpty(params) OR location != ''))`,
      `(${this.#own(n, 'personal')} AND (location != '' OR (${WHOLE_ADDRESS}) OR (${this.#wholeUserAgent(n)})))`,
    ])
    return all.length === 0 ? undefined : all.join(' OR ')
  }

  updates(month: number): string {
    const ips = this.#policies.flatMap((policy, n) => [
      `${this.#own(n, 'personal')} AND ${WHOLE_ADDRESS}`,
      policy.mode === 'hash' ? hashed('ip', month) : NETWORK,
    ])
    const agents = this.#policies.flatMap((policy, n) => [
      `${this.#own(n, 'personal')} AND ${this.#wholeUserAgent(n)}`,
      policy.mode === 'hash' ? hashed('user_agent', month) : BROWSER,
    ])
    const params = this.#policies.flatMap((_, n) => [this.#own(n, 'params'), NO_PARAMS])
    const locations = this.#policies.flatMap((_, n) => [
      `${this.#own(n, 'params')} OR ${this.#own(n, 'personal')}`,
      "''",
    ])
    return [
      `ip = multiIf(${ips.join(', ')}, ip)`,
      `user_agent = multiIf(${agents.join(', ')}, toString(user_agent))`,
      `params = multiIf(${params.join(', ')}, params)`,
      `location = multiIf(${locations.join(', ')}, location)`,
    ].join(', ')
  }

  #own(n: number, what: 'params' | 'personal'): string {
    return `workspace = {workspace${n}:String} AND at < fromUnixTimestamp64Milli({${what}${n}:Int64}, 'UTC')`
  }

  #wholeUserAgent(n: number): string {
    const isText = "user_agent != '' AND NOT startsWith(user_agent, 'hash:')"
    return this.#policies[n]?.mode === 'hash' ? isText : `${isText} AND user_agent != ${BROWSER}`
  }
}

/** As retention/month-keys.ts hashes a single value. */
function hashed(column: string, month: number): string {
  const pad = (name: string) => `(SELECT ${name} FROM ledger_keys WHERE month = ${Math.trunc(month)} LIMIT 1)`
  const inner = `SHA256(concat(${pad('inner_pad')}, toString(${column})))`
  return `concat('hash:', substring(lower(hex(SHA256(concat(${pad('outer_pad')}, ${inner})))), 1, 20))`
}
