import { Textarea, TextInput } from '@mantine/core'
import { advertiserTexts as words } from '../texts-network.ts'
import { Pair } from './form-layout.tsx'

export type BillingValues = { readonly company: string; readonly address: string; readonly taxId: string }

type BillingAddressProps = {
  readonly value: BillingValues
  /** Takes the path of the field under the billing address. */
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (value: BillingValues) => void
}

/** Whom invoices name. */
export function BillingAddress({ value, errorOf, onChange }: BillingAddressProps) {
  const change = (changes: Partial<BillingValues>) => onChange({ ...value, ...changes })
  return (
    <>
      <Pair>
        <TextInput
          label={words.company}
          value={value.company}
          error={errorOf('company')}
          onChange={(event) => change({ company: event.currentTarget.value })}
        />
        <TextInput
          label={words.taxId}
          value={value.taxId}
          error={errorOf('taxId')}
          onChange={(event) => change({ taxId: event.currentTarget.value })}
        />
      </Pair>
      <Textarea
        label={words.address}
        value={value.address}
        error={errorOf('address')}
        onChange={(event) => change({ address: event.currentTarget.value })}
        autosize
        minRows={2}
      />
    </>
  )
}
