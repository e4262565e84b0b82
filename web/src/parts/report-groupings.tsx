import { CloseButton, Group, Input, Text } from '@mantine/core'
import { useDimensionGroups } from '../report-dimensions.ts'
import { type Dimension, dimensionLabel, isDimension } from '../report-names.ts'
import { GROUPINGS_MAX, writeGroupBy } from '../report-query.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import { Picker } from './report-picker.tsx'
import { Sortable } from './report-sortable.tsx'

const words = explorerTexts.grouping

/** What the report is grouped by, outermost first; up to four. */
export function Groupings({ groupBy }: { readonly groupBy: readonly Dimension[] }) {
  const groups = useDimensionGroups(groupBy)
  const change = (next: readonly Dimension[]) => setQuery(writeGroupBy(next))
  return (
    <div>
      <Input.Label labelElement="div">{texts.report.groupBy}</Input.Label>
      <Group gap={6}>
        <Sortable
          label={words.chips}
          direction="row"
          items={groupBy.map((dimension) => ({ id: dimension, label: dimensionLabel(dimension) }))}
          moveLabel={words.move}
          onOrder={(ids) => change(ids.filter(isDimension))}
        >
          {({ id, label }) => (
            <>
              <Text component="span" size="sm" px={2}>
                {label}
              </Text>
              {groupBy.length > 1 ? (
                <CloseButton
                  size="sm"
                  aria-label={words.remove(label)}
                  onClick={() => change(groupBy.filter((dimension) => dimension !== id))}
                />
              ) : (
                <span style={{ width: 6 }} />
              )}
            </>
          )}
        </Sortable>
        {groupBy.length < GROUPINGS_MAX && (
          <Picker
            label={words.add}
            text={words.addShort}
            icon={<Icon name="plus" size={12} />}
            searchLabel={words.search}
            nothing={words.noneFound}
            groups={groups}
            onChoose={(dimension) => isDimension(dimension) && change([...groupBy, dimension])}
          />
        )}
      </Group>
    </div>
  )
}
