import { Button } from '@mantine/core'
import { EMPTY_TEST, writeCondition } from '../conditions.ts'
import { termsTexts as words } from '../texts-terms.ts'
import { ConditionEditor } from './condition-editor.tsx'
import { Icon } from './icon.tsx'
import type { TermsProps } from './offer-terms.tsx'
import { Section } from './page.tsx'

/** Whom the offer takes besides its countries, by the conditions of flows. */
export function OfferTargeting({ terms, set, errorOf }: TermsProps) {
  const { targeting } = terms
  return (
    <Section title={words.targeting} aside={words.targetingAside}>
      {targeting !== null && (
        <ConditionEditor
          when={targeting}
          errorOf={(path) => errorOf(path === '' ? 'targeting' : `targeting.${path}`)}
          onChange={(changed) => set({ targeting: changed })}
        />
      )}
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        leftSection={targeting === null ? <Icon name="plus" size={12} /> : undefined}
        onClick={() =>
          set({ targeting: targeting === null ? writeCondition({ join: 'all', parts: [EMPTY_TEST] }) : null })
        }
      >
        {targeting === null ? words.addTargeting : words.clearTargeting}
      </Button>
    </Section>
  )
}
