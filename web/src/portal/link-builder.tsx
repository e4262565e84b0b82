import { Select, Stack, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { ApiProblem, answerOf, api } from '../api.ts'
import { CopyField } from '../parts/copy-field.tsx'
import { Pair } from '../parts/form-layout.tsx'
import { Failure } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { portalTexts } from '../texts-portal.ts'
import classes from './portal.module.css'
import type { PortalOfferDetail } from './portal-data.ts'

/** Drawn for those few who print a link. */
const QrCode = lazy(async () => ({ default: (await import('../parts/qr-code.tsx')).QrCode }))

const words = portalTexts.link
const TYPING_MS = 250
const SUBS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const
const SUBS_SHOWN = 3
type Sub = `sub${(typeof SUBS)[number]}`
type Wanted = Readonly<Partial<Record<Sub | 'source' | 'aff_click_id' | 'url' | 'lp' | 'domainId', string>>>

type FieldsProps = {
  readonly wanted: Wanted
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (changes: Wanted) => void
}

/** The affiliate link with whatever is typed in it, at once. */
export function LinkBuilder({ offer }: { readonly offer: PortalOfferDetail }) {
  const [wanted, setWanted] = useState<Wanted>({})
  const [typed] = useDebouncedValue(wanted, TYPING_MS)
  const query = useQuery({
    queryKey: ['portal/link', offer.id, typed],
    queryFn: () => {
      const params = { path: { id: offer.id }, query: typed }
      return answerOf(api.GET('/api/v1/portal/offers/{id}/link', { params }))
    },
    placeholderData: keepPreviousData,
  })
  const errors = query.error instanceof ApiProblem ? query.error.fields : {}
  const isWrong = Object.keys(errors).length > 0
  const onChange = (changes: Wanted) => setWanted({ ...wanted, ...changes })
  const link = query.data?.link ?? (query.error === null ? offer.link : '')
  return (
    <Stack gap="md">
      {link !== '' && (
        <>
          <CopyField label={words.title} value={link} />
          <FoldedQr link={link} offerId={offer.id} />
        </>
      )}
      {isWrong && <Note tone="bad">{words.mend}</Note>}
      {query.error !== null && !isWrong && (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      )}
      <SubFields wanted={wanted} errors={errors} onChange={onChange} />
      <Pair>
        <TextInput
          label={words.affClickId}
          description={words.affClickIdHint}
          value={wanted.aff_click_id ?? ''}
          error={errors.aff_click_id}
          onChange={(event) => onChange({ aff_click_id: event.currentTarget.value })}
        />
        <TextInput
          label={words.source}
          description={words.sourceHint}
          value={wanted.source ?? ''}
          error={errors.source}
          onChange={(event) => onChange({ source: event.currentTarget.value })}
        />
      </Pair>
      <PlaceFields offer={offer} wanted={wanted} errors={errors} onChange={onChange} />
      {(query.data?.domains ?? []).length > 0 && (
        <Select
          label={words.domain}
          placeholder={words.domainDefault}
          data={(query.data?.domains ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={wanted.domainId || null}
          error={errors.domainId}
          onChange={(id) => onChange({ domainId: id ?? '' })}
          clearable
        />
      )}
      {offer.payout.model === 'cpm' && query.data && (
        <CopyField
          label={words.impression}
          value={`<img src="${query.data.impressionUrl}" alt="" width="1" height="1">`}
          description={words.impressionHint}
        />
      )}
    </Stack>
  )
}

/** The code is fetched and drawn once somebody wants it. */
function FoldedQr({ link, offerId }: { readonly link: string; readonly offerId: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className={classes.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.qr}</summary>
      {isOpen && (
        <Suspense>
          <QrCode link={link} fileName={words.qrFile(offerId)} />
        </Suspense>
      )}
    </details>
  )
}

function SubFields({ wanted, errors, onChange }: FieldsProps) {
  const fields = SUBS.map((number) => {
    const name: Sub = `sub${number}`
    return (
      <TextInput
        key={name}
        label={words.sub(number)}
        value={wanted[name] ?? ''}
        error={errors[name]}
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    )
  })
  return (
    <>
      <div className={classes.subs}>{fields.slice(0, SUBS_SHOWN)}</div>
      <details className={classes.more}>
        <summary>{words.moreSubs}</summary>
        <div className={classes.subs}>{fields.slice(SUBS_SHOWN)}</div>
      </details>
    </>
  )
}

/** Where the link leads, if the offer has more than one place: a link leads to one of them. */
function PlaceFields(props: FieldsProps & { readonly offer: PortalOfferDetail }) {
  const { offer, wanted, errors, onChange } = props
  return (
    <>
      {offer.landingPages.length > 0 && (
        <Select
          label={words.lp}
          placeholder={words.lpDefault}
          data={offer.landingPages.map(({ id, name }) => ({ value: id, label: name }))}
          value={wanted.lp || null}
          error={errors.lp}
          onChange={(lp) => onChange({ lp: lp ?? '', url: '' })}
          clearable
        />
      )}
      {offer.deepLinkDomains.length > 0 && (
        <TextInput
          label={words.url}
          description={words.urlHint(offer.deepLinkDomains.join(', '))}
          placeholder="https://"
          value={wanted.url ?? ''}
          error={errors.url}
          onChange={(event) => onChange({ url: event.currentTarget.value, lp: '' })}
        />
      )}
    </>
  )
}
