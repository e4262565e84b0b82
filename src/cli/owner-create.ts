import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../api/auth-settings.ts'
import { createOwner } from '../api/create-owner.ts'
import { ConfigError, loadConfig } from '../config.ts'
import { isCurrency } from '../domain/money.ts'
import { openAccountsOffline } from './open-accounts-offline.ts'

export type OwnerOptions = {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly workspace: string
  readonly currency: string
  readonly timeZone: string
}

/** `trailpost owner create`: for machines that nobody opens a browser on. */
export async function runOwnerCreate(options: OwnerOptions): Promise<void> {
  checkOptions(options)
  const { store, accounts } = await openAccountsOffline(loadConfig())
  const owner = { ...options, workspaceName: options.workspace }
  const result = await createOwner({ db: store.db, accounts }, owner, Date.now())
  await store.close()
  if (!result.ok) throw new ConfigError(`--email: ${options.email} already has an account`)
  console.log(`workspace ${result.workspace}`)
}

function checkOptions(options: OwnerOptions): void {
  const { length } = options.password
  if (length < PASSWORD_CHARS_MIN || length > PASSWORD_CHARS_MAX) {
    throw new ConfigError(`--password: ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters`)
  }
  if (!isCurrency(options.currency))
    throw new ConfigError(`--currency: "${options.currency}" is not ISO 4217`)
  if (!Intl.supportedValuesOf('timeZone').includes(options.timeZone) && options.timeZone !== 'UTC') {
    throw new ConfigError(`--time-zone: "${options.timeZone}" is no IANA time zone`)
  }
}
