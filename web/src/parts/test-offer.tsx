import { Button, Drawer, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { affiliates } from '../resources-network.ts'
import { integrationPageTexts as words } from '../texts-coupons.ts'
import { testConversionTexts } from '../texts-flow.ts'
import { Section } from './page.tsx'
import { ItemSelect } from './pickers.tsx'
import { TestConversion } from './test-conversion.tsx'

/** Tries an offer without its advertiser: by the link of an affiliate, who must be chosen first. */
export function TestOffer({ offerId }: { readonly offerId: string }) {
  const [opened, { open, close }] = useDisclosure()
  const [affiliateId, setAffiliateId] = useState('')
  return (
    <Section title={words.chain} aside={words.chainAside}>
      <Button variant="default" onClick={open} w="fit-content">
        {testConversionTexts.title}
      </Button>
      <Drawer opened={opened} onClose={close} title={testConversionTexts.title} position="right" size="lg">
        <Stack gap="md">
          <ItemSelect
            resource={affiliates}
            label={words.chainAffiliate}
            value={affiliateId}
            error={undefined}
            onChange={setAffiliateId}
          />
          {affiliateId !== '' && <TestConversion key={affiliateId} way={{ offerId, affiliateId }} />}
        </Stack>
      </Drawer>
    </Section>
  )
}
