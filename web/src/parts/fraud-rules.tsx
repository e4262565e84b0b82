import { Checkbox, Fieldset, NumberInput, Stack, TagsInput } from '@mantine/core'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { useMe } from '../session.ts'
import { toOptions } from '../texts.ts'
import { fraudTexts as words } from '../texts-corrections.ts'
import { useForm } from '../use-form.ts'
import { AsnNote } from './asn-note.tsx'
import classes from './edit-screen.module.css'
import { FormFooter } from './form-footer.tsx'
import { FormLayout, Pair } from './form-layout.tsx'

type FraudSettings = components['schemas']['Settings']['fraud']
type Flag = FraudSettings['botFlags'][number]

/** Which flags make a visit a bot, and when the flags are set. They hold for visits to come. */
export function FraudRules({ fraud }: { readonly fraud: FraudSettings }) {
  const { role } = useMe().workspace
  const form = useForm({ fraud }, async (body) => await answerOf(api.PATCH('/api/v1/settings', { body })))
  const values = form.values.fraud
  const change = (changes: Partial<FraudSettings>) => form.set({ fraud: { ...values, ...changes } })
  const number = (name: 'repeatedAddressVisits' | 'repeatedAddressMinutes' | 'tooFastSeconds') => ({
    value: values[name],
    error: form.errorOf(`fraud.${name}`),
    onChange: (value: number | string) => change({ [name]: Number(value) }),
    min: 0,
    allowDecimal: false,
  })
  return (
    <Fieldset variant="unstyled" disabled={role !== 'owner'} className={classes.form}>
      <FormLayout onSubmit={form.submit}>
        <Stack gap="md">
          <Checkbox.Group
            label={words.bots}
            description={words.botsHint}
            inputWrapperOrder={['label', 'description', 'input', 'error']}
            value={values.botFlags}
            onChange={(chosen) => change({ botFlags: FLAGS.filter((flag) => chosen.includes(flag)) })}
          >
            <Stack gap="xs" mt="xs">
              {toOptions(words.flags).map(({ value, label }) => (
                <Checkbox key={value} value={value} label={label} />
              ))}
            </Stack>
          </Checkbox.Group>
          {values.botFlags.includes('datacenter') && <AsnNote />}
          <Pair>
            <NumberInput
              label={words.repeatedVisits}
              description={words.off}
              {...number('repeatedAddressVisits')}
            />
            <NumberInput label={words.repeatedMinutes} {...number('repeatedAddressMinutes')} />
            <NumberInput label={words.tooFast} description={words.off} {...number('tooFastSeconds')} />
          </Pair>
          <TagsInput
            label={words.badReferrers}
            description={words.badReferrersHint}
            value={values.badReferrers}
            error={form.errorOf('fraud.badReferrers') ?? form.errorOf('fraud.badReferrers.0')}
            onChange={(badReferrers) => change({ badReferrers })}
          />
        </Stack>
        <FormFooter form={form} isNew={false} />
      </FormLayout>
    </Fieldset>
  )
}

const FLAGS: readonly Flag[] = ['datacenter', 'repeated_address', 'honeypot', 'too_fast', 'bad_referrer']
