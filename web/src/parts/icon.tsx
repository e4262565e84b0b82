/** Outlines on a 16 × 16 grid, drawn for this dashboard. */
const OUTLINES = {
  home: 'M2.5 7.2 8 2.5l5.5 4.7v6.3h-11zM6.5 13.5v-4h3v4',
  report: 'M2.5 13.5h11M4.5 11V7.5M8 11V3M11.5 11V5.5',
  campaign: 'M3.5 14V2.5M3.5 3h8.6l-2 3 2 3H3.5',
  source: 'M2 8h8M7 4.5 10.5 8 7 11.5M13.5 2.5v11',
  network:
    'M8 5.5v3M8 8.5 4.5 11M8 8.5l3.5 2.5M8 5.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2ZM3.6 13.7a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM12.4 13.7a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z',
  flow: 'M2.5 8h3l4-4.5h4M5.5 8l4 4.5h4M11.5 1.5l2 2-2 2M11.5 10.5l2 2-2 2',
  domain:
    'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2.2 8h11.6M8 2c2 1.8 2.8 3.8 2.8 6S10 12.2 8 14C6 12.2 5.2 10.2 5.2 8S6 3.8 8 2Z',
  event: 'M8.8 2 3.5 9h4l-.8 5 5.3-7h-4z',
  cost: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM9.8 6C9.5 5.3 8.8 5 8 5c-1 0-1.8.5-1.8 1.4 0 2 3.7 1.2 3.7 3.2 0 .9-.9 1.4-1.9 1.4-.9 0-1.7-.4-2-1.1M8 4v8',
  shield: 'M8 2 3 4v4c0 3 2 5 5 6 3-1 5-3 5-6V4z',
  upload: 'M2.5 10.5v3h11v-3M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2',
  offer: 'M2.5 3.5v4l6 6 5-5-6-6h-4ZM5.4 5.9h.01',
  advertiser: 'M2.5 13.5v-8l5.5-3 5.5 3v8M6 13.5v-4h4v4M2.5 13.5h11',
  affiliate:
    'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.8 13.5c0-2.5 1.7-4 4.2-4s4.2 1.5 4.2 4M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12 9.8c1.4.6 2.2 1.9 2.2 3.7',
  inbox: 'M2.5 9.5 4.5 3h7l2 6.5v4h-11zM2.5 9.5h3.3l1 1.8h2.4l1-1.8h3.3',
  pixel: 'M2.5 2.5h11v11h-11zM5.8 8.2l1.6 1.6 3-3.4',
  invoice: 'M3.5 14V2h9v12l-2.2-1.4L8 14l-2.3-1.4zM6 5.5h4M6 8.5h4',
  compare: 'M8 2v12M5.5 4.5h-3v7h3M10.5 4.5h3v7h-3',
  lander: 'M2.5 3.5h11v9h-11zM2.5 6.2h11M4.4 4.9h.01',
  conversion: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.5 8.2l1.8 1.8 3.4-3.8',
  hits: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  send: 'M14 2 7.5 8.5M14 2 9.8 14l-2.3-5.5L2 6.2z',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.8 14.2h2.4',
  live: 'M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10',
  link: 'M6.5 9.5 9.5 6.5M7 4.5 8.6 2.9a3 3 0 0 1 4.4 4.4L11.4 9M9 11.5l-1.6 1.6A3 3 0 0 1 3 8.7L4.6 7',
  history: 'M2.5 8a5.5 5.5 0 1 0 1.6-3.9L2.5 5.7M2.5 2.5v3.2h3.2M8 5v3.2l2.2 1.4',
  story: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14',
  settings:
    'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 6.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM6 13.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5 6.5 12 13 4.5',
  plus: 'M8 3v10M3 8h10',
  remove: 'm4 4 8 8M12 4l-8 8',
  back: 'M13 8H3.5M7 4 3 8l4 4',
  grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  down: 'M8 3v10M4.5 9.5 8 13l3.5-3.5',
  up: 'M8 13V3M4.5 6.5 8 3l3.5 3.5',
  bookmark: 'M4.5 2.5h7v11L8 10.8l-3.5 2.7z',
  edit: 'M10.5 3 13 5.5 6 12.5l-3 .5.5-3z',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  next: 'M6 3.5 10.5 8 6 12.5',
  filter: 'M2.5 4h11M4.5 8h7M6.8 12h2.4',
  out: 'M6.5 2.5h-4v11h4M6.5 8h7M10.5 5 13.5 8l-3 3',
  key: 'M6 12.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8.2 7.3 13 2.5M11 4.5l2 2',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.6V8l2.4 1.6',
  minus: 'M4 8h8',
  external: 'M9 2.5h4.5V7M13.5 2.5l-6 6M11.5 9.5v4h-9v-9h4',
  qr: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h1.5M13.5 9.5v1.5M9.5 13.5h1.5v-1.6M13.5 13.5h.01',
  alert: 'M8 5.2v3.6M8 11h.01M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z',
} as const

export type IconName = keyof typeof OUTLINES

/** A picture beside a word; it says nothing by itself, so screen readers skip it. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={OUTLINES[name]} />
    </svg>
  )
}
