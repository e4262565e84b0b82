import { NumberInput, Select, TextInput } from '@mantine/core'
import type { Campaign, CampaignBody } from '../resources.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { flowTexts } from '../texts-flow.ts'
import { Pair } from './form-layout.tsx'
import { Section } from './page.tsx'
import { CurrencySelect } from './pickers.tsx'

/** What is typed stays while another cost model is tried. */
export type CostValues = {
  readonly type: Campaign['costModel']['type']
  readonly amount: string
  readonly currency: string
  readonly percent: number
  readonly per: 'visits' | 'impressions'
}

export function toCostValues(item: Campaign | undefined, currency: string): CostValues {
  return { amount: '', currency, percent: 0, per: 'visits', ...(item?.costModel ?? { type: 'none' }) }
}

export function toCostModel(values: CostValues): NonNullable<CampaignBody['costModel']> {
  const { type, amount, currency, percent, per } = values
  switch (type) {
    case 'none':
    case 'token':
      return { type }
    case 'revshare':
      return { type, percent }
    case 'cpm':
      return { type, amount, currency, per }
    case 'cpc':
    case 'cpa':
      return { type, amount, currency }
  }
}

type CampaignCostProps = {
  readonly cost: CostValues
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (cost: CostValues) => void
}

/** How the traffic of a campaign is paid for. */
export function CampaignCost({ cost, errorOf, onChange }: CampaignCostProps) {
  const { type } = cost
  const change = (changes: Partial<CostValues>) => onChange({ ...cost, ...changes })
  return (
    <Section title={texts.campaigns.cost} aside={texts.campaigns.costAside}>
      <Select
        label={texts.campaigns.costType}
        data={toOptions(texts.campaigns.costTypes)}
        value={type}
        error={errorOf('costModel')}
        onChange={(chosen) => isKey(texts.campaigns.costTypes, chosen) && change({ type: chosen })}
        description={type === 'token' ? texts.campaigns.costToken : undefined}
        allowDeselect={false}
      />
      {(type === 'cpc' || type === 'cpm' || type === 'cpa') && (
        <Pair>
          <TextInput
            label={texts.campaigns.costAmounts[type]}
            value={cost.amount}
            error={errorOf('costModel.amount')}
            onChange={(event) => change({ amount: event.currentTarget.value })}
            inputMode="decimal"
            required
          />
          <CurrencySelect
            value={cost.currency}
            error={errorOf('costModel.currency')}
            onChange={(currency) => change({ currency })}
          />
        </Pair>
      )}
      {type === 'cpm' && (
        <Select
          label={flowTexts.costPer}
          data={toOptions(flowTexts.costPers)}
          value={cost.per}
          onChange={(per) => isKey(flowTexts.costPers, per) && change({ per })}
          allowDeselect={false}
        />
      )}
      {type === 'revshare' && (
        <NumberInput
          label={flowTexts.costPercent}
          value={cost.percent}
          error={errorOf('costModel.percent')}
          onChange={(percent) => change({ percent: Number(percent) })}
          min={0}
          max={100}
          maw={240}
        />
      )}
    </Section>
  )
}
