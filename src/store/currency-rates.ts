import { changeConfiguration } from './config-version.ts'
import type { Db } from './transaction.ts'

/** Currency → units of it for one US dollar, in micros. */
export type RatesMicros = Readonly<Record<string, number>>

const USD_RATE_MICROS = 1_000_000

/** The stored rates; the dollar is always among them. */
export async function loadRates(db: Db): Promise<RatesMicros> {
  const rows = await db.selectFrom('currency_rates').select(['currency', 'rate_micros']).execute()
  const rates = Object.fromEntries(rows.map((row) => [row.currency, row.rate_micros]))
  return { ...rates, USD: USD_RATE_MICROS }
}

/** Sets the given rates and keeps the others. */
export async function saveRates(db: Db, rates: RatesMicros, now: number): Promise<void> {
  const rows = Object.entries(rates).map(([currency, rate]) => ({
    currency,
    rate_micros: rate,
    updated_at: now,
  }))
  if (rows.length === 0) return
  await changeConfiguration(db, (trx) =>
    trx
      .insertInto('currency_rates')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('currency').doUpdateSet((set) => ({
          rate_micros: set.ref('excluded.rate_micros'),
          updated_at: set.ref('excluded.updated_at'),
        })),
      )
      .execute(),
  )
}
