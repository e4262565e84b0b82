import { Select, TextInput } from '@mantine/core'
import { offers } from '../resources.ts'
import type { Advertiser } from '../resources-network.ts'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { startTexts } from '../texts-start.ts'
import { useForm } from '../use-form.ts'
import { Pair } from './form-layout.tsx'
import { StartForm } from './start-form.tsx'
import { Becomes, withClickId } from './start-offer.tsx'

const words = startTexts.networkOffer
/** Of an advertiser that takes the click id under no name of its own. */
const CLICK_ID_PARAM = 'clickid'

type StartNetworkOfferProps = {
  readonly advertiser: Advertiser
  readonly onMade: (id: string) => Promise<unknown>
}

/** An offer for affiliates: where visitors go, what comes in for a conversion and what is paid for it. */
export function StartNetworkOffer({ advertiser, onMade }: StartNetworkOfferProps) {
  const { currency } = useMe().workspace
  const param = advertiser.clickIdParam === '' ? CLICK_ID_PARAM : advertiser.clickIdParam
  const initial: Values = { name: '', url: '', revenue: '', payout: '', protocol: 'postback' }
  const form = useForm(initial, async ({ name, url, revenue, payout, protocol }) => {
    const made = await offers.create({
      name: name.trim(),
      url: withClickId(url.trim(), param),
      advertiserId: advertiser.id,
      terms: {
        protocol,
        revenue: { model: 'flat', amount: revenue.trim() },
        payout: { model: 'flat', amount: payout.trim() },
      },
    })
    await onMade(made.id)
  })
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
      <Becomes url={form.values.url.trim()} param={param} />
      <Pair>
        {(['revenue', 'payout'] as const).map((name) => (
          <TextInput
            key={name}
            {...form.text(name)}
            error={form.errorOf(`terms.${name}.amount`) ?? form.errorOf(`terms.${name}`)}
            label={words[name]}
            rightSection={currency}
            rightSectionWidth={54}
            inputMode="decimal"
            required
          />
        ))}
      </Pair>
      <Select
        label={words.protocol}
        data={toOptions(words.protocols)}
        value={form.values.protocol}
        onChange={(chosen) => isKey(words.protocols, chosen) && form.set({ protocol: chosen })}
        allowDeselect={false}
        maw={420}
      />
    </StartForm>
  )
}

type Values = {
  readonly name: string
  readonly url: string
  readonly revenue: string
  readonly payout: string
  readonly protocol: keyof typeof words.protocols
}
