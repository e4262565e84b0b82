import { Text } from '@mantine/core'
import classes from './sums.module.css'

type Sum = { readonly label: string; readonly value: string; readonly isBad?: boolean }

/** A few numbers that belong together, each under its name. */
export function Sums({ sums }: { readonly sums: readonly Sum[] }) {
  return (
    <dl className={classes.sums}>
      {sums.map(({ label, value, isBad = false }) => (
        <div key={label + value}>
          <Text component="dt" size="xs" c="dimmed">
            {label}
          </Text>
          <Text component="dd" m={0} fw={600} size="lg" {...(isBad ? { c: 'red' } : {})}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  )
}
