import { Button, Text } from '@mantine/core'
import { Icon } from '../parts/icon.tsx'
import { endPortalView } from '../portal-view.ts'
import type { MyAffiliate } from '../session.ts'
import { portalTexts } from '../texts-portal.ts'
import classes from './portal-banner.module.css'

const words = portalTexts.looking

/** Says on every page of the portal that it is somebody else's, and leads back. */
export function PortalBanner({ affiliate: { id, name } }: { readonly affiliate: MyAffiliate }) {
  const leave = () => {
    endPortalView()
    // A fresh page: nothing that the affiliate was told stays behind.
    location.assign(`/affiliates/${id}`)
  }
  return (
    <section className={classes.banner} aria-label={words.label}>
      <Text size="sm" className={classes.text}>
        {words.text(name)}
      </Text>
      <Button variant="default" size="xs" leftSection={<Icon name="back" size={13} />} onClick={leave}>
        {words.back}
      </Button>
    </section>
  )
}
