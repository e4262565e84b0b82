import { TextInput, type TextInputProps } from '@mantine/core'
import { type ComponentProps, lazy, Suspense, useRef } from 'react'
import { CopyField } from './copy-field.tsx'
import { insertMacro } from './insert-macro.ts'
import { MacroHelp } from './macro-help.tsx'
import type { UrlPreviewProps } from './url-preview.tsx'

/** The linter and the meanings of all macros are loaded with the first URL that is looked at. */
const UrlPreview = lazy(async () => ({ default: (await import('./url-preview.tsx')).UrlPreview }))

const UrlCopy = lazy(async () => ({ default: (await import('./url-preview.tsx')).UrlCopy }))

/** Who goes to a fallback has no visit that it could be told of: its macros are empty. */
export const FALLBACK_IGNORES = ['missing_click_id']

type UrlFieldProps = Omit<TextInputProps, 'value' | 'onChange'> &
  Omit<UrlPreviewProps, 'text' | 'onMend'> & {
    readonly value: string
    readonly onChange: (text: string) => void
  }

/** A field for a URL with macros, and what the URL says. */
export function UrlField(props: UrlFieldProps) {
  const { value, onChange, purpose, party, clickIdParam, ignored, samples, isAsked, ...input } = props
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <TextInput
        ref={field}
        placeholder="https://"
        spellCheck={false}
        autoComplete="off"
        {...input}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {value.trim() !== '' && (
        <Suspense>
          <UrlPreview
            text={value}
            purpose={purpose}
            party={party}
            clickIdParam={clickIdParam}
            ignored={ignored}
            samples={samples}
            isAsked={isAsked}
            onMend={onChange}
          />
        </Suspense>
      )}
      {ignored !== FALLBACK_IGNORES && (
        <MacroHelp
          purpose={purpose}
          onInsert={(macro) => insertMacro({ field, text: value, onChange }, macro)}
        />
      )}
    </>
  )
}

/** A ready URL to copy, and what it says. */
export function UrlToCopy(props: ComponentProps<typeof UrlCopy>) {
  const { label, text, description } = props
  const plain = (
    <CopyField label={label} value={text} {...(description === undefined ? {} : { description })} />
  )
  return (
    <Suspense fallback={plain}>
      <UrlCopy {...props} />
    </Suspense>
  )
}
