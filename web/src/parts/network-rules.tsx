import { Select, TextInput } from '@mantine/core'
import { isKey, texts, toOptions } from '../texts.ts'
import { networkTexts } from '../texts-catalogue.ts'
import type { Form } from '../use-form.ts'
import { Section } from './page.tsx'
import { RowList } from './row-list.tsx'

const words = networkTexts
export const MEANINGS = { ...texts.status, ignore: words.ignore }
const POLICIES = texts.networks.duplicatePolicies

type Meaning = keyof typeof MEANINGS
type Policy = keyof typeof POLICIES
type RuleValues = {
  readonly statusMap: { readonly word: string; readonly status: Meaning }[]
  readonly eventPolicies: { readonly event: string; readonly policy: Policy }[]
}
export type RulesForm = Pick<Form<RuleValues>, 'values' | 'set' | 'errorOf'>

/** How the words and repeated events of whoever sends hits are read. */
export function NetworkRules({ form }: { readonly form: RulesForm }) {
  return (
    <>
      <Section title={words.statusMap} aside={words.statusMapAside}>
        <RowList
          rows={form.values.statusMap}
          onChange={(rows) => form.set({ statusMap: [...rows] })}
          addLabel={words.statusAdd}
          removeLabel={(index) => texts.campaigns.remove(words.statusWord(index + 1))}
          empty={{ word: '', status: 'approved' as const }}
          row={(row, change, index) => (
            <>
              <TextInput
                aria-label={words.statusWord(index + 1)}
                placeholder={words.theirWord}
                value={row.word}
                error={form.errorOf(`statusMap.${row.word}`)}
                onChange={(event) => change({ word: event.currentTarget.value })}
              />
              <Select
                aria-label={words.statusMeaning(index + 1)}
                data={toOptions(MEANINGS)}
                value={row.status}
                onChange={(status) => isKey(MEANINGS, status) && change({ status })}
                allowDeselect={false}
              />
            </>
          )}
        />
      </Section>
      <Section title={words.policies} aside={words.policiesAside}>
        <RowList
          rows={form.values.eventPolicies}
          onChange={(rows) => form.set({ eventPolicies: [...rows] })}
          addLabel={words.policyAdd}
          removeLabel={(index) => texts.campaigns.remove(words.policyEvent(index + 1))}
          empty={{ event: '', policy: 'add' as const }}
          row={(row, change, index) => (
            <>
              <TextInput
                aria-label={words.policyEvent(index + 1)}
                placeholder={words.event}
                value={row.event}
                error={form.errorOf(`eventPolicies.${row.event}`)}
                onChange={(event) => change({ event: event.currentTarget.value })}
              />
              <Select
                aria-label={words.policyOf(index + 1)}
                data={toOptions(POLICIES)}
                value={row.policy}
                onChange={(policy) => isKey(POLICIES, policy) && change({ policy })}
                allowDeselect={false}
              />
            </>
          )}
        />
      </Section>
    </>
  )
}
