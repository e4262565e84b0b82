import { Stack, Text, TextInput } from '@mantine/core'
import { type AffiliateNetwork, offers } from '../resources.ts'
import { startTexts } from '../texts-start.ts'
import { useForm } from '../use-form.ts'
import { StartForm } from './start-form.tsx'
import classes from './start-step.module.css'

const words = startTexts.offer
const MACRO = '{clickid}'

type StartOfferProps = {
  readonly network: AffiliateNetwork
  readonly onMade: (id: string) => Promise<unknown>
}

/** The offer's link, with the click id put in and explained. */
export function StartOffer({ network, onMade }: StartOfferProps) {
  const form = useForm({ name: '', url: '', param: network.clickIdParam }, async ({ name, url, param }) => {
    const made = await offers.create({
      name: name.trim(),
      url: withClickId(url.trim(), param.trim()),
      affiliateNetworkId: network.id,
    })
    await onMade(made.id)
  })
  const { url, param } = form.values
  return (
    <StartForm form={form}>
      <TextInput {...form.text('name')} label={words.name} required autoFocus maw={420} />
      <TextInput
        {...form.text('url')}
        label={words.url}
        description={words.urlHint}
        placeholder="https://"
        spellCheck={false}
        required
      />
      {network.clickIdParam === '' && (
        <TextInput
          {...form.text('param')}
          label={words.param}
          description={words.paramHint}
          spellCheck={false}
          maw={420}
          required={!url.includes(MACRO)}
        />
      )}
      <Becomes url={url.trim()} param={param.trim()} />
    </StartForm>
  )
}

/** Where visitors will be sent, with the click id marked. */
export function Becomes({ url, param }: { readonly url: string; readonly param: string }) {
  if (!/^https?:\/\/[^/]/i.test(url) || (param === '' && !url.includes(MACRO))) return null
  const [before = '', ...after] = withClickId(url, param).split(MACRO)
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {words.becomes}
      </Text>
      <code className={classes.url}>
        {before}
        <mark>{MACRO}</mark>
        {after.join(MACRO)}
      </code>
      <Text size="sm" c="dimmed">
        {url.includes(MACRO) ? words.given : words.added(param)}
      </Text>
    </Stack>
  )
}

/** The link with the click id under the parameter, unless it carries one; a fragment stays at its end. */
export function withClickId(url: string, param: string): string {
  if (url.includes(MACRO) || param === '') return url
  const [address = '', ...fragment] = url.split('#')
  const joint = address.includes('?') ? (/[?&]$/.test(address) ? '' : '&') : '?'
  return [`${address}${joint}${param}=${MACRO}`, ...fragment].join('#')
}
