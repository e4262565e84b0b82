import { Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { ApiProblem } from '../api.ts'
import { texts } from '../texts.ts'
import { termsTexts as words } from '../texts-terms.ts'

const REFUSED = 'payout_above_revenue'
type Confirmation = { readonly confirmPayoutAboveRevenue?: true }

/** A payout above the revenue is refused once; who means it says so and saves again. */
export type Above = {
  /** What is above, in words; undefined while nothing was refused. */
  readonly refused: readonly string[] | undefined
  readonly confirm: () => void
  readonly cancel: () => void
  /** Saves, with the confirmation when it was given. */
  readonly guard: <T>(save: (confirmed: Confirmation) => Promise<T>) => Promise<T>
}

export function useAboveRevenue(): Above {
  const [refused, setRefused] = useState<readonly string[]>()
  const isConfirmed = useRef(false)
  const guard = async <T,>(save: (confirmed: Confirmation) => Promise<T>): Promise<T> => {
    const confirmed: Confirmation = isConfirmed.current ? { confirmPayoutAboveRevenue: true } : {}
    isConfirmed.current = false
    try {
      return await save(confirmed)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== REFUSED) throw error
      setRefused(Object.keys(error.fields).map(whereOf))
      // The fields are not wrong: their marks would say how the API is confirmed.
      throw new Error(words.aboveTitle, { cause: error })
    }
  }
  return {
    refused,
    guard,
    confirm: () => {
      isConfirmed.current = true
      setRefused(undefined)
    },
    cancel: () => setRefused(undefined),
  }
}

/** @param formId the form that is submitted again. */
export function AboveRevenue({ above, formId }: { readonly above: Above; readonly formId: string }) {
  const { refused, confirm, cancel } = above
  return (
    <Modal opened={refused !== undefined} onClose={cancel} title={words.aboveTitle} centered>
      <Stack gap="md">
        <Text>{words.aboveText}</Text>
        <List size="sm">
          {refused?.map((where) => (
            <List.Item key={where}>{where}</List.Item>
          ))}
        </List>
        <Group gap="xs">
          <Button type="submit" form={formId} color="red" onClick={confirm}>
            {words.aboveConfirm}
          </Button>
          <Button variant="subtle" color="gray" onClick={cancel}>
            {texts.form.cancel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** `terms.goals.0.payout` is "Goal 1". */
function whereOf(path: string): string {
  const goal = /goals\.(\d+)/.exec(path)?.[1]
  if (goal !== undefined) return words.goal(Number(goal) + 1)
  const tier = /tiers\.(\d+)/.exec(path)?.[1]
  if (tier !== undefined) return words.tier(Number(tier) + 1)
  return path.endsWith('revenue') ? words.aboveOwn : words.aboveOffer
}
