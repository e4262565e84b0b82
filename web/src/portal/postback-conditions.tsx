import { Checkbox, NumberInput, PasswordInput, Select, Stack, Switch, Textarea } from '@mantine/core'
import { formatTime } from '../format.ts'
import { Pair } from '../parts/form-layout.tsx'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { rotateTexts } from '../texts-targets.ts'
import type { Form } from '../use-form.ts'
import classes from './portal.module.css'
import type { NamedPostback } from './portal-data.ts'
import type { PostbackValues } from './postback-form.tsx'

const words = portalTexts.postbacks
const MINUTE_SECONDS = 60

type PostbackConditionsProps = {
  readonly form: Form<PostbackValues>
  readonly item: NamedPostback | undefined
}

/** What few postbacks need stays folded, unless it is used. */
export function PostbackConditions({ form, item }: PostbackConditionsProps) {
  const { type, onlyFirst, onlyWithPayout, delaySeconds, method, status } = form.values
  const isUsed =
    onlyFirst || onlyWithPayout || delaySeconds > 0 || method === 'POST' || item?.hasSecret === true
  return (
    <details className={classes.more} open={isUsed || status === 'disabled' || undefined}>
      <summary>{words.conditions}</summary>
      <Stack gap="md" mt="sm">
        <Checkbox
          label={words.onlyFirst}
          checked={onlyFirst}
          onChange={(event) => form.set({ onlyFirst: event.currentTarget.checked })}
        />
        <Checkbox
          label={words.onlyWithPayout}
          checked={onlyWithPayout}
          onChange={(event) => form.set({ onlyWithPayout: event.currentTarget.checked })}
        />
        {type === 'postback' && <CallFields form={form} item={item} />}
        <Switch
          label={words.enabled}
          checked={status === 'active'}
          onChange={(event) => form.set({ status: event.currentTarget.checked ? 'active' : 'disabled' })}
        />
      </Stack>
    </details>
  )
}

/** Of a call by the network's server; a browser is told a URL alone. */
function CallFields({ form, item }: PostbackConditionsProps) {
  const { timeZone } = useMe().workspace
  const { method, delaySeconds, contentType } = form.values
  return (
    <>
      <Pair>
        <Select
          label={words.method}
          data={['GET', 'POST']}
          value={method}
          error={form.errorOf('method')}
          onChange={(chosen) => form.set({ method: chosen === 'POST' ? 'POST' : 'GET' })}
          allowDeselect={false}
        />
        <NumberInput
          label={words.delay}
          value={delaySeconds / MINUTE_SECONDS}
          error={form.errorOf('delaySeconds')}
          onChange={(value) => form.set({ delaySeconds: Math.round(Number(value) * MINUTE_SECONDS) })}
          min={0}
        />
      </Pair>
      {method === 'POST' && (
        <>
          <Textarea
            {...form.text('bodyTemplate')}
            label={words.body}
            description={words.bodyHint}
            autosize
            minRows={2}
            spellCheck={false}
          />
          <Select
            label={words.contentType}
            data={toOptions(words.contentTypes)}
            value={contentType}
            error={form.errorOf('contentType')}
            onChange={(chosen) => isKey(words.contentTypes, chosen) && form.set({ contentType: chosen })}
            allowDeselect={false}
          />
        </>
      )}
      <PasswordInput
        {...form.text('secret')}
        label={words.secret}
        description={secretText(item, timeZone)}
        autoComplete="new-password"
      />
    </>
  )
}

/** While a secret is replaced, until when the one before it counts too. */
function secretText(item: NamedPostback | undefined, timeZone: string): string {
  if (item === undefined || !item.hasSecret) return words.secretHint
  const until = item.previousSecretUntil
  return until === null
    ? words.secretKept
    : `${words.secretKept} ${rotateTexts.until(formatTime(until, timeZone))}`
}
