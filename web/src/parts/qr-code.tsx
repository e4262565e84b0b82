import { Button, Stack, Text } from '@mantine/core'
import { encode } from 'uqr'
import { campaignTexts } from '../texts-campaigns.ts'
import { Icon } from './icon.tsx'
import classes from './qr-code.module.css'

const words = campaignTexts.qr
/** Modules that stay free around a code, so that readers find its edge (ISO/IEC 18004). */
const QUIET_ZONE = 4

type QrCodeProps = {
  readonly link: string
  /** Of the file, without its ending. */
  readonly fileName: string
}

/** A link as a picture for phones, and as a file for print. */
export function QrCode({ link, fileName }: QrCodeProps) {
  const { size, data } = encode(link, { ecc: 'M', border: QUIET_ZONE })
  const path = toPath(data)
  return (
    <Stack gap="sm" w={240}>
      {/* Dark on light in both schemes: readers expect it so. */}
      <svg
        className={classes.code}
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={words.label(link)}
        shapeRendering="crispEdges"
      >
        <path d={path} fill="black" />
      </svg>
      <Text size="xs" className={classes.link}>
        {link}
      </Text>
      <Text size="xs" c="dimmed">
        {words.hint}
      </Text>
      <Button
        component="a"
        variant="default"
        size="xs"
        href={toFile(path, size)}
        download={`${fileName}.svg`}
        leftSection={<Icon name="down" size={14} />}
      >
        {words.download}
      </Button>
    </Stack>
  )
}

/** Each row's dark modules as rectangles, neighbours in one. */
function toPath(rows: readonly (readonly boolean[])[]): string {
  return rows
    .map((row, y) => {
      const text = row.map((isDark) => (isDark ? '1' : '0')).join('')
      return [...text.matchAll(/1+/g)]
        .map(({ 0: run, index }) => `M${index} ${y}h${run.length}v1h-${run.length}z`)
        .join('')
    })
    .join('')
}

function toFile(path: string, size: number): string {
  const frame = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"`
  const svg = `<svg ${frame}><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
