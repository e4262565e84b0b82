import { TextInput } from '@mantine/core'
import { type FlowValues, toFlowBody, withSaved } from '../flow-values.ts'
import { ChangeHistory } from '../parts/change-history.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FlowEditor } from '../parts/flow-editor.tsx'
import { EMPTY_PATH } from '../parts/flow-paths.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { Fields, FormLayout } from '../parts/form-layout.tsx'
import { useSave } from '../resource.ts'
import { type Flow, flows } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { texts } from '../texts.ts'
import { flowTexts } from '../texts-flow.ts'
import { useForm } from '../use-form.ts'

export function FlowScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={flows}
      id={params.id ?? 'new'}
      listTitle={flowTexts.title}
      createTitle={flowTexts.create}
      form={FlowForm}
    />
  )
}

function FlowForm({ item }: { readonly item: Flow | undefined }) {
  const { store, show } = useSave(flows)
  const initial: FlowValues & { name: string } = {
    name: item?.name ?? '',
    rules: item?.rules ?? [],
    paths: item?.paths ?? [EMPTY_PATH],
    sticky: item?.sticky ?? 'none',
    optimization: item?.optimization ?? null,
  }
  const form = useForm(initial, async (values) => {
    const saved = await store(item?.id, { name: values.name, ...toFlowBody(values) })
    form.keep((now) => withSaved(now, values, saved))
    show(saved, { isNew: item === undefined })
  })
  return (
    <>
      <FormLayout onSubmit={form.submit} locks="parts">
        <Fields>
          <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
        </Fields>
        <FlowEditor
          flow={form.values}
          owner={item && { kind: 'flow', id: item.id }}
          warnings={item?.warnings ?? []}
          errorOf={form.errorOf}
          hasErrorAt={form.hasErrorAt}
          onChange={form.set}
        />
        <Fields>
          <FormFooter form={form} isNew={item === undefined} cancelHref="/flows" />
        </Fields>
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="flow" subjectId={item.id} />}
    </>
  )
}
