import { type Accounts, openAccounts } from '../api/accounts.ts'
import type { Config } from '../config.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { loadInstanceSecret } from './instance-secret.ts'

/** The store and its accounts for a command that works beside, or without, a running server. */
export async function openAccountsOffline(config: Config): Promise<{ store: Store; accounts: Accounts }> {
  const store = await openStore(config)
  const accounts = await openAccounts({
    store,
    secret: loadInstanceSecret(config),
    dashboardUrl: config.dashboardUrl,
    trustedOrigins: () => [config.dashboardUrl],
  })
  return { store, accounts }
}
