import { Input, Select, TextInput } from '@mantine/core'
import type { PriceModel, PriceValues } from '../terms-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { termsTexts as words } from '../texts-terms.ts'
import classes from './price-field.module.css'

type PriceFieldProps = {
  readonly label: string
  readonly description?: string
  readonly price: PriceValues
  /** Takes the path of a part under the price; '' for the price itself. */
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (price: PriceValues) => void
  /** A goal's price is paid for each conversion alone. */
  readonly isOfEvent?: boolean
}

const OF_EVENTS: readonly PriceModel[] = ['flat', 'percent', 'both']

/** What is paid: an amount, a share of the sale, or both; for a conversion, a click or views. */
export function PriceField(props: PriceFieldProps) {
  const { label, description, price, errorOf, onChange, isOfEvent = false } = props
  const { model } = price
  const error = errorOf('') ?? errorOf('amount') ?? errorOf('percent')
  const models = toOptions(words.models).filter(
    ({ value }) => !isOfEvent || OF_EVENTS.some((each) => each === value),
  )
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <div className={classes.price} data-parts={model === 'both' ? 2 : 1}>
        <Select
          aria-label={words.model(label)}
          data={models}
          value={model}
          onChange={(chosen) => isKey(words.models, chosen) && onChange({ ...price, model: chosen })}
          allowDeselect={false}
        />
        {model !== 'percent' && (
          <TextInput
            aria-label={words.amount(label)}
            placeholder="0"
            value={price.amount}
            error={error !== undefined}
            onChange={(event) => onChange({ ...price, amount: event.currentTarget.value })}
            inputMode="decimal"
          />
        )}
        {(model === 'percent' || model === 'both') && (
          <TextInput
            aria-label={words.percent(label)}
            placeholder="0"
            value={price.percent}
            error={error !== undefined}
            onChange={(event) => onChange({ ...price, percent: event.currentTarget.value })}
            inputMode="decimal"
            rightSection="%"
          />
        )}
      </div>
    </Input.Wrapper>
  )
}
