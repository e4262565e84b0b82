import { Text } from '@mantine/core'
import classes from './story-timeline.module.css'

/** Text exactly as it went over the wire. */
export function RawText({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {title}
      </Text>
      {/* Long ones scroll, for which a keyboard needs to get there. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre className={classes.raw} tabIndex={0}>
        {children}
      </pre>
    </div>
  )
}

type Headers = Readonly<Record<string, string | readonly string[]>>

/** A request or an answer as text: its first line, its headers, its body. */
export function toWireText(first: string, headers: Headers, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
  return [first, ...lines, ...(body === '' ? [] : ['', body])]
    .filter((line, at) => at > 0 || line !== '')
    .join('\n')
}
