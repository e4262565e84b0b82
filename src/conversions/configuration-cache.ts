import { loadConfigVersion } from '../store/config-version.ts'
import { type Configuration, loadConfiguration } from '../store/load-configuration.ts'
import type { Db } from '../store/transaction.ts'

/** Keeps the configuration in memory; one small query tells whether it is still the present one. */
export class ConfigurationCache {
  #configuration: Configuration | undefined

  /** The configuration as the transaction sees it. */
  async load(db: Db): Promise<Configuration> {
    const version = await loadConfigVersion(db)
    if (this.#configuration?.version !== version) this.#configuration = await loadConfiguration(db)
    return this.#configuration
  }
}
