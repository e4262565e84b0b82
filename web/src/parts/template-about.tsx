import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { NetworkTemplate, SourceTemplate } from '../catalogue.ts'
import { texts } from '../texts.ts'
import { catalogueTexts } from '../texts-catalogue.ts'
import classes from './template-about.module.css'

const words = catalogueTexts

/** What comes with a traffic source of the catalogue. */
export function AboutSource({ template }: { readonly template: SourceTemplate }) {
  const { externalId, cost, tokens, targets } = template
  return (
    <>
      {externalId !== null && <Fact label={words.clickId}>{toPair(externalId)}</Fact>}
      {cost !== null && <Fact label={words.cost}>{toPair(cost)}</Fact>}
      {tokens.length > 0 && <Fact label={words.tokens(tokens.length)}>{tokens.map(toPair).join('\n')}</Fact>}
      {targets.length > 0 && (
        <Fact label={words.postbacks}>{targets.map((target) => target.url).join('\n')}</Fact>
      )}
    </>
  )
}

/** What comes with an affiliate network of the catalogue. */
export function AboutNetwork({ template }: { readonly template: NetworkTemplate }) {
  const { clickId, statusMap } = template
  const statuses = Object.entries(statusMap).map(([word, status]) => `${word} → ${statusWord(status)}`)
  return (
    <>
      {clickId.where === 'unknown' ? (
        <Text size="sm" c="dimmed">
          {words.clickIdUnknown}
        </Text>
      ) : (
        <Fact label={words.clickIdIn}>{clickId.where === 'query' ? clickId.param : clickId.text}</Fact>
      )}
      {statuses.length > 0 && <Fact label={words.statusWords}>{statuses.join('\n')}</Fact>}
    </>
  )
}

function statusWord(status: NetworkTemplate['statusMap'][string]): string {
  return status === 'ignore' ? 'ignore' : texts.status[status]
}

function toPair({ param, macro }: { readonly param: string; readonly macro: string }): string {
  return `${param}=${macro}`
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <code className={classes.code}>{children}</code>
    </div>
  )
}
