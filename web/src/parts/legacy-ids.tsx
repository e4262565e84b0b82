import { TagsInput } from '@mantine/core'
import { legacyTexts } from '../texts-elsewhere.ts'

type LegacyIdsProps = {
  readonly of: keyof typeof legacyTexts.hints
  /** Each one as SYSTEM:ID, e.g. `prosper202:1234`. */
  readonly value: readonly string[]
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (legacyIds: string[]) => void
}

/** What something is called in the links of the tracker that it was moved from. */
export function LegacyIds({ of, value, errorOf, onChange }: LegacyIdsProps) {
  const problems = ['legacyIds', ...value.map((_, index) => `legacyIds.${index}`)].map(errorOf)
  return (
    <TagsInput
      label={legacyTexts.label}
      description={legacyTexts.hints[of]}
      value={[...value]}
      error={problems.find((problem) => problem !== undefined)}
      onChange={onChange}
    />
  )
}
