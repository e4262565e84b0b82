import type { Notifier } from './build-deliveries.ts'
import type { Docket } from './docket.ts'

/** What hits are judged by within one transaction: the configuration, the time, and what is known and done. */
export type Court = Notifier & { readonly docket: Docket }
