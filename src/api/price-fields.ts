import { z } from 'zod'
import { formatMicros } from '../domain/money.ts'
import { PRICE_MODELS, type Price } from '../domain/offer-terms.ts'
import { notNegativeAmountField } from './affiliate-fields.ts'

/** Shares are kept to four places: as a factor they have six, as every rate. */
const PERCENT_STEPS = 10_000

const percentField = z
  .number()
  .min(0)
  .max(100)
  .refine(
    (percent) => Math.round(percent * PERCENT_STEPS) / PERCENT_STEPS === percent,
    'has more than four places',
  )

const amount = notNegativeAmountField
const amountModel = <Model extends Price['model']>(model: Model) =>
  z.strictObject({ model: z.literal(model), amount })

/** What is paid: an amount as a decimal string, a share in percent, or both → Price. */
export const priceField = z
  .discriminatedUnion('model', [
    amountModel('flat'),
    z.strictObject({ model: z.literal('percent'), percent: percentField }),
    z.strictObject({ model: z.literal('both'), amount, percent: percentField }),
    amountModel('cpc'),
    amountModel('cpm'),
  ])
  .transform(toPrice)
  .describe(
    'flat: `amount` for each conversion; percent: `percent` of the sale; both: their sum; cpc: `amount` for each ' +
      'unique visit; cpm: `amount` for a thousand impressions',
  )

type GivenPrice =
  | { model: 'flat' | 'cpc' | 'cpm'; amount: number }
  | { model: 'percent'; percent: number }
  | { model: 'both'; amount: number; percent: number }

function toPrice(given: GivenPrice): Price {
  if (given.model === 'percent') return given
  const { amount: amountMicros } = given
  if (given.model === 'both') return { model: 'both', amountMicros, percent: given.percent }
  return { model: given.model, amountMicros }
}

/** The price of an event: visits and impressions are priced for the offer alone. */
export const eventPriceField = priceField.refine(
  isPerConversion,
  'is paid for each conversion: flat, percent or both',
)

export function isPerConversion({ model }: Price): boolean {
  return model !== 'cpc' && model !== 'cpm'
}

export const priceSchema = z
  .object({
    model: z.enum(PRICE_MODELS),
    amount: z.string().optional().describe('In the currency of the offer'),
    percent: z.number().optional(),
  })
  .meta({ id: 'Price' })

export function toPriceView(price: Price): z.input<typeof priceSchema> {
  const { model } = price
  return {
    model,
    ...(price.model !== 'percent' && { amount: formatMicros(price.amountMicros) }),
    ...((price.model === 'percent' || price.model === 'both') && { percent: price.percent }),
  }
}
