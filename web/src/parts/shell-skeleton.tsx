import { Skeleton, Stack } from '@mantine/core'
import { texts } from '../texts.ts'
import { Lines } from './loaded.tsx'
import classes from './shell-skeleton.module.css'

const PLACES = ['62%', '74%', '50%', '68%', '58%', '80%', '46%', '64%', '72%']

/** The shell's outlines, until it is known who is there: nothing jumps when the shell comes. */
export function ShellSkeleton() {
  return (
    <div className={classes.shell} aria-busy="true">
      <div className={classes.navbar}>
        <Skeleton height={24} width="70%" radius="sm" mb={28} />
        <Stack gap={18}>
          {PLACES.map((width) => (
            <Skeleton key={width} height={12} width={width} radius="sm" />
          ))}
        </Stack>
      </div>
      <main className={classes.main} aria-label={texts.loading}>
        <Skeleton height={26} width={180} radius="sm" mb={32} />
        <Lines />
      </main>
    </div>
  )
}
