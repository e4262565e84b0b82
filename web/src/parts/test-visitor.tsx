import { Box, Checkbox, Input, TextInput } from '@mantine/core'
import { visitorTexts as words } from '../texts-flow.ts'
import { Fold } from './fold.tsx'
import { RowList } from './row-list.tsx'

type Param = { readonly name: string; readonly value: string }
/** Who visits in a test, and whether the targets are really called. */
export type TestVisitor = {
  readonly params: readonly Param[]
  readonly userAgent: string
  readonly language: string
  readonly fire: boolean
}

export const PLAIN_VISITOR: TestVisitor = { params: [], userAgent: '', language: '', fire: false }

/** The API's form; what is empty is left to it. */
export function toVisitorBody({ params, userAgent, language, fire }: TestVisitor) {
  const named = params.filter(({ name }) => name.trim() !== '')
  return {
    params: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value.trim()])),
    userAgent: userAgent.trim(),
    language: language.trim(),
    fire,
  }
}

type VisitorFieldsProps = {
  readonly visitor: TestVisitor
  readonly onChange: (changes: Partial<TestVisitor>) => void
}

/** What most tests do without, folded. */
export function VisitorFields({ visitor, onChange }: VisitorFieldsProps) {
  const { params, userAgent, language, fire } = visitor
  return (
    <Fold title={words.title} aside={words.aside} isUsed={false}>
      <Input.Wrapper
        label={words.params}
        description={words.paramsHint}
        labelElement="div"
        inputWrapperOrder={['label', 'description', 'input', 'error']}
      >
        <Box mt={6}>
          <RowList
            rows={params}
            onChange={(rows) => onChange({ params: rows })}
            addLabel={words.paramAdd}
            removeLabel={(index) => words.paramRemove(index + 1)}
            empty={{ name: '', value: '' }}
            row={(param, change, index) => (
              <>
                <TextInput
                  aria-label={words.paramName(index + 1)}
                  placeholder={words.paramExample}
                  value={param.name}
                  onChange={(event) => change({ name: event.currentTarget.value })}
                  spellCheck={false}
                />
                <TextInput
                  aria-label={words.paramValue(index + 1)}
                  value={param.value}
                  onChange={(event) => change({ value: event.currentTarget.value })}
                  spellCheck={false}
                />
              </>
            )}
          />
        </Box>
      </Input.Wrapper>
      <TextInput
        label={words.userAgent}
        description={words.userAgentHint}
        value={userAgent}
        onChange={(event) => onChange({ userAgent: event.currentTarget.value })}
        spellCheck={false}
      />
      <TextInput
        label={words.language}
        description={words.languageHint}
        value={language}
        onChange={(event) => onChange({ language: event.currentTarget.value })}
        spellCheck={false}
      />
      <Checkbox
        label={words.fire}
        description={words.fireHint}
        checked={fire}
        onChange={(event) => onChange({ fire: event.currentTarget.checked })}
      />
    </Fold>
  )
}
