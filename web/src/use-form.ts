import { useMutation } from '@tanstack/react-query'
import { type ChangeEvent, type SubmitEvent, useEffect, useRef, useState } from 'react'
import { ApiProblem } from './api.ts'
import { texts } from './texts.ts'

type TextKey<T> = { [K in keyof T]: T[K] extends string ? K : never }[keyof T] & string

type TextProps = {
  readonly name: string
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) => void
}

export type Form<T> = {
  readonly values: T
  /** Changes some values and forgets what was wrong with them. */
  readonly set: (changes: Partial<T>) => void
  /** Takes over what saving has made of some values; they count as saved. */
  readonly keep: (changes: Partial<T> | ((now: T) => Partial<T>)) => void
  /** What an input of a text value needs. */
  readonly text: (name: TextKey<T>) => TextProps
  /** What is wrong with the field at a path. */
  readonly errorOf: (path: string) => string | undefined
  /** Whether anything at a path or under it is wrong. */
  readonly hasErrorAt: (path: string) => boolean
  /** What is wrong beside the fields; undefined when nothing is. */
  readonly problem: string | undefined
  readonly saving: boolean
  /** The values are as they were saved. */
  readonly saved: boolean
  /** Something was changed that is not saved yet. */
  readonly changed: boolean
  readonly submit: (event: SubmitEvent<HTMLFormElement>) => void
}

/** The values of a form, saving them, and what the API says is wrong, field by field. */
export function useForm<T extends object>(initial: T, save: (values: T) => Promise<unknown>): Form<T> {
  const [values, setValues] = useState(initial)
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set())
  const [unsaved, setUnsaved] = useState(false)
  const edits = useRef(0)
  const mutation = useMutation({
    mutationFn: save,
    onMutate: () => {
      setChanged(new Set())
      return edits.current
    },
    // What was typed while it was being saved is not saved.
    onSuccess: (_saved, _sent, editsThen) => setUnsaved(edits.current !== editsThen),
  })
  const formElement = useRef<HTMLFormElement>(null)
  const failure = mutation.error

  useEffect(() => {
    // The first marked field gets the focus, so that nobody has to search for it.
    if (failure !== null) formElement.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [failure])

  const set = (changes: Partial<T>) => {
    setValues((before) => ({ ...before, ...changes }))
    setChanged((before) => new Set([...before, ...Object.keys(changes)]))
    setUnsaved(true)
    edits.current += 1
  }
  const keep: Form<T>['keep'] = (changes) =>
    setValues((now) => ({ ...now, ...(typeof changes === 'function' ? changes(now) : changes) }))
  const hasErrorAt = (path: string) =>
    failure instanceof ApiProblem &&
    Object.keys(failure.fields).some((wrong) => wrong === path || wrong.startsWith(`${path}.`))
  const errorOf = (path: string) => {
    const error = failure instanceof ApiProblem ? failure.fields[path] : undefined
    return changed.has(path.split('.')[0] ?? '') ? undefined : error
  }
  return {
    values,
    set,
    keep,
    errorOf,
    hasErrorAt,
    text: (name) => ({
      name,
      value: String(values[name]),
      error: errorOf(name),
      onChange: (event) => set({ [name]: event.currentTarget.value } as Partial<T>),
    }),
    problem: failure === null ? undefined : problemBesideFields(failure, values),
    saving: mutation.isPending,
    saved: mutation.isSuccess && changed.size === 0,
    changed: unsaved,
    submit: (event) => {
      event.preventDefault()
      formElement.current = event.currentTarget
      mutation.mutate(values)
    },
  }
}

/** Wrong fields are marked where they are; what belongs to no field of the form is told beside its button. */
function problemBesideFields(failure: Error, values: object): string {
  if (!(failure instanceof ApiProblem) || Object.keys(failure.fields).length === 0) return failure.message
  const elsewhere = Object.entries(failure.fields).filter(([path]) => !((path.split('.')[0] ?? '') in values))
  if (elsewhere.length === 0) return texts.form.checkFields
  return elsewhere.map(([path, message]) => `${path}: ${message}`).join('; ')
}
