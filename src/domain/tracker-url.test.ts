import { expect, it } from 'vitest'
import { fillTrackerUrl } from './tracker-url.ts'

const GPB = 'https://t.example/tracking202/static/gpb.php'

it.each([
  [`${GPB}?amount=&subid=`, `${GPB}?amount={payout}&subid={sub1}`],
  [GPB, `${GPB}?amount={payout}&subid={sub1}`],
  [`${GPB}?subid`, `${GPB}?subid={sub1}&amount={payout}`],
  [`${GPB}?sid=&t202txid={txid}`, `${GPB}?sid={sub1}&t202txid={txid}&amount={payout}`],
  ['https://t.example/gpx.php?Amount=', 'https://t.example/gpx.php?Amount={payout}&subid={sub1}'],
])('Prosper202’s %s is filled in as %s', (pasted, filled) => {
  expect(fillTrackerUrl(pasted)).toBe(filled)
})

it.each([
  `${GPB}?amount=3&subid={externalid}`,
  'https://t.example/postback?cid=&payout=',
  'https://t.example/?next=/gpb.php',
  'https://t.example/notgpb.php2',
  '',
])('%s stays as it is', (url) => {
  expect(fillTrackerUrl(url)).toBe(url)
})
