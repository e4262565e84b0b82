import { NumberInput, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { ChangeHistory } from '../parts/change-history.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { LanderKeyHelp } from '../parts/lander-key-help.tsx'
import { LegacyIds } from '../parts/legacy-ids.tsx'
import { Note } from '../parts/note.tsx'
import { Section } from '../parts/page.tsx'
import { UrlField } from '../parts/url-field.tsx'
import { useSave } from '../resource.ts'
import { type Lander, landers } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { texts } from '../texts.ts'
import { landerKeyTexts } from '../texts-elsewhere.ts'
import { type Form, useForm } from '../use-form.ts'

const CTAS_MAX = 20
/** A visitor opens a lander at once; a copied link is dead within the hour. */
const PROOF_MINUTES = 30

export function LanderScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={landers}
      id={params.id ?? 'new'}
      listTitle={texts.landers.title}
      createTitle={texts.landers.create}
      form={LanderForm}
    />
  )
}

function LanderForm({ item }: { readonly item: Lander | undefined }) {
  const { save } = useSave(landers)
  const form = useForm(toValues(item), (values) => save(item?.id, values))
  return (
    <>
      <FormLayout
        onSubmit={form.submit}
        aside={item && <Aside lander={item} isProtected={form.values.protection !== null} />}
      >
        <Stack gap="md">
          <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
          <UrlField
            label={texts.landers.url}
            description={texts.landers.urlHint}
            value={form.values.url}
            error={form.errorOf('url')}
            onChange={(url) => form.set({ url })}
            purpose="lander"
            required
          />
          <NumberInput
            label={texts.landers.ctaCount}
            description={texts.landers.ctaCountHint}
            value={form.values.ctaCount}
            error={form.errorOf('ctaCount')}
            onChange={(count) => form.set({ ctaCount: Number(count) })}
            min={1}
            max={CTAS_MAX}
            allowDecimal={false}
            maw={200}
          />
        </Stack>
        <Fold title={texts.form.more} aside={texts.landers.moreAside} isUsed={hasMore(form)}>
          <TagsInput
            label={texts.landers.tags}
            value={form.values.tags}
            error={form.errorOf('tags')}
            onChange={(tags) => form.set({ tags })}
          />
          <LegacyIds
            of="lander"
            value={form.values.legacyIds}
            errorOf={form.errorOf}
            onChange={(legacyIds) => form.set({ legacyIds })}
          />
          <Protection form={form} isNew={item === undefined} />
        </Fold>
        <FormFooter form={form} isNew={item === undefined} cancelHref="/landers" />
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="lander" subjectId={item.id} />}
    </>
  )
}

function hasMore({ values, hasErrorAt }: Form<LanderValues>): boolean {
  const { tags, legacyIds, protection } = values
  return tags.length + legacyIds.length > 0 || protection !== null || hasErrorAt('legacyIds')
}

/** Whether the address proves that a visitor came through a campaign. */
function Protection({ form, isNew }: { readonly form: Form<LanderValues>; readonly isNew: boolean }) {
  const { protection } = form.values
  return (
    <>
      <Switch
        label={texts.landers.protect}
        description={texts.landers.protectHint}
        checked={protection !== null}
        onChange={(event) =>
          form.set({
            protection: event.currentTarget.checked
              ? { secret: crypto.randomUUID(), minutes: PROOF_MINUTES }
              : null,
          })
        }
      />
      {protection !== null && isNew && <Note tone="look">{landerKeyTexts.saveFirst}</Note>}
      {protection !== null && (
        <Pair>
          <TextInput
            label={texts.landers.secret}
            description={texts.landers.secretHint}
            value={protection.secret}
            error={form.errorOf('protection.secret')}
            onChange={(event) =>
              form.set({ protection: { ...protection, secret: event.currentTarget.value } })
            }
            spellCheck={false}
          />
          <NumberInput
            label={texts.landers.minutes}
            value={protection.minutes}
            error={form.errorOf('protection.minutes')}
            onChange={(minutes) => form.set({ protection: { ...protection, minutes: Number(minutes) } })}
            min={1}
            allowDecimal={false}
          />
        </Pair>
      )}
    </>
  )
}

type LanderValues = ReturnType<typeof toValues>

function toValues(item: Lander | undefined) {
  return {
    name: item?.name ?? '',
    url: item?.url ?? '',
    ctaCount: item?.ctaCount ?? 1,
    protection: item?.protection ?? null,
    tags: item?.tags ?? [],
    legacyIds: item?.legacyIds ?? [],
  }
}

function Aside({ lander, isProtected }: { readonly lander: Lander; readonly isProtected: boolean }) {
  return (
    <>
      <Links lander={lander} />
      {isProtected && <LanderKeyHelp lander={lander} />}
    </>
  )
}

function Links({ lander }: { readonly lander: Lander }) {
  return (
    <Section title={texts.landers.links} aside={texts.landers.linkHint}>
      {Array.from({ length: lander.ctaCount }, (_, index) => index + 1).map((number) => (
        <CopyField
          key={number}
          label={texts.landers.link(number)}
          value={number === 1 ? lander.clickUrl : `${lander.clickUrl}/${number}`}
        />
      ))}
    </Section>
  )
}
