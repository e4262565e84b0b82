import { TagsInput, TextInput } from '@mantine/core'
import { networkTexts } from '../texts-catalogue.ts'
import type { Form } from '../use-form.ts'

type GuardValues = {
  readonly signingSecret: string
  readonly ipAllowlist: string[]
  readonly referrerAllowlist: string[]
}
type GuardForm = Pick<Form<GuardValues>, 'values' | 'set' | 'errorOf'>

/** How hits are known to come from whom they say: a signature, addresses, pages. */
export function SenderGuard({ form }: { readonly form: GuardForm }) {
  return (
    <>
      <TextInput
        name="signingSecret"
        value={form.values.signingSecret}
        error={form.errorOf('signingSecret')}
        onChange={(event) => form.set({ signingSecret: event.currentTarget.value })}
        label={networkTexts.signingSecret}
        description={networkTexts.signingSecretHint}
        autoComplete="off"
        spellCheck={false}
      />
      <TagsInput
        label={networkTexts.ips}
        description={networkTexts.ipsHint}
        value={form.values.ipAllowlist}
        error={form.errorOf('ipAllowlist') ?? form.errorOf('ipAllowlist.0')}
        onChange={(ipAllowlist) => form.set({ ipAllowlist })}
      />
      <TagsInput
        label={networkTexts.referrers}
        description={networkTexts.referrersHint}
        value={form.values.referrerAllowlist}
        error={form.errorOf('referrerAllowlist') ?? form.errorOf('referrerAllowlist.0')}
        onChange={(referrerAllowlist) => form.set({ referrerAllowlist })}
      />
    </>
  )
}
