import { Select, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Listed, useItems } from '../resource.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { startTexts as words } from '../texts-start.ts'
import { StartStep } from './start-step.tsx'

type Named = { readonly id: string; readonly name: string }
type Chosen = Named & {
  readonly affiliateNetworkId?: string
  readonly trafficSourceId?: string
  readonly advertiserId?: string
}

/** A step of the guide: what it makes or chooses, and where the address keeps it. */
export type StepPlan = {
  readonly title: string
  readonly what: string
  readonly text?: string
  /** Absent for the last step, which makes nothing. */
  readonly param?: string
  readonly resource?: Listed<Chosen>
  /** Which of those that are there can be used after the steps before. */
  readonly fits?: (item: Chosen) => boolean
  readonly item: Named | undefined
  readonly form: (go: (id: string) => Promise<unknown>) => ReactNode
}

type StartStepsProps = {
  readonly steps: readonly StepPlan[]
  /** The number of its first step. */
  readonly first: number
  /** Another chain comes before it. */
  readonly isLater: boolean
}

/** The steps of one chain, of which the first that is not done shows its form. */
export function StartSteps({ steps, first, isLater }: StartStepsProps) {
  const now = steps.findIndex(({ item }) => item === undefined)
  const queries = useQueryClient()
  return steps.map((step, index) => {
    const { title, what, text, param, resource, item } = step
    const go = async (id: string) => {
      // What comes with it, such as its calls, is in other lists.
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
      if (param !== undefined) setQuery({ [param]: id })
    }
    return (
      <StartStep
        key={title}
        number={first + index}
        title={title}
        what={what}
        state={item !== undefined ? 'done' : index === now && !isLater ? 'now' : 'later'}
        chosen={item?.name}
        {...(text === undefined ? {} : { text })}
        onChange={() => setQuery(withoutFrom(steps, index))}
      >
        <Stack gap="lg">
          {resource !== undefined && param !== undefined && (
            <Existing step={step} resource={resource} param={param} />
          )}
          {step.form(go)}
        </Stack>
      </StartStep>
    )
  })
}

/** What came later was made for what is changed now. */
function withoutFrom(steps: readonly StepPlan[], index: number): Readonly<Record<string, undefined>> {
  const later = steps.slice(index).flatMap(({ param }) => (param === undefined ? [] : [param]))
  return Object.fromEntries(later.map((param) => [param, undefined]))
}

type ExistingProps = {
  readonly step: StepPlan
  readonly resource: Listed<Chosen>
  readonly param: string
}

/** What is there already need not be made again. */
function Existing({ step, resource, param }: ExistingProps) {
  const { what, fits = () => true } = step
  const found = (useItems(resource).data ?? []).filter(fits)
  if (found.length === 0) return null
  return (
    <Select
      label={words.existing(what)}
      placeholder={texts.campaigns.choose}
      data={found.map(({ id, name }) => ({ value: id, label: name }))}
      value={null}
      onChange={(id) => id !== null && setQuery({ [param]: id })}
      maw={420}
      searchable
    />
  )
}
