import { Button, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { startTexts as words } from '../texts-start.ts'
import { type Form, useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'

type StartFormProps = {
  readonly form: Pick<Form<object>, 'problem' | 'saving' | 'submit'>
  readonly children: ReactNode
}

/** A small form that makes one thing and goes on. */
export function StartForm({ form, children }: StartFormProps) {
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        {children}
        <FormProblem problem={form.problem} />
        <Button type="submit" loading={form.saving} w="fit-content">
          {words.create}
        </Button>
      </Stack>
    </form>
  )
}

type NameFormProps = {
  readonly label: string
  readonly initial?: string
  readonly create: (name: string) => Promise<unknown>
}

/** Of what needs a name and nothing else for now. */
export function NameForm({ label, initial = '', create }: NameFormProps) {
  const form = useForm({ name: initial }, ({ name }) => create(name.trim()))
  return (
    <StartForm form={form}>
      <TextInput {...form.text('name')} label={label} required autoFocus maw={420} />
    </StartForm>
  )
}
