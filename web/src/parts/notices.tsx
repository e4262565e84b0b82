import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

const SHOWN_MAX = 3

/** Where `useTell` and `useUndo` speak. Its code comes after the first screen: nobody has done anything before. */
export function Notices() {
  return <Notifications position="bottom-center" limit={SHOWN_MAX} containerWidth={420} />
}
