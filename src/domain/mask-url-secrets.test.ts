import { expect, it } from 'vitest'
import { maskUrlSecrets } from './mask-url-secrets.ts'

it.each([
  ['https://a.example/?token=hush&x=1', 'https://a.example/?token=***&x=1'],
  ['https://a.example/?x=1&api_key=hush#top', 'https://a.example/?x=1&api_key=***#top'],
  ['https://a.example/?apiKey=hush', 'https://a.example/?apiKey=***'],
  ['https://a.example/?clientSecret=hush', 'https://a.example/?clientSecret=***'],
  ['https://a.example/?KEY=hush', 'https://a.example/?KEY=***'],
  ['https://a.example/?Password=hush', 'https://a.example/?Password=***'],
  ['https://a.example/?x_sig=hush{clickid}', 'https://a.example/?x_sig=***'],
  ['https://a.example/#access_token=hush', 'https://a.example/#access_token=***'],
  ['https://me:hush@a.example/?auth=hush', 'https://***@a.example/?auth=***'],
  ['HTTPS://hush@a.example/', 'HTTPS://***@a.example/'],
])('of %s neither sign-in nor secret parameters are kept', (url, masked) => {
  expect(maskUrlSecrets(url)).toBe(masked)
})

it.each([
  'https://a.example/?author=jane&monkey=1&keyword=shoes&design=2&cid={clickid}',
  'https://a.example/?token={token.sub1}&sig=&key={externalid}{clickid}',
  'https://a.example/key=1/@me?mail=a@b.example',
  'token=hush',
])('%s stays as it is', (url) => {
  expect(maskUrlSecrets(url)).toBe(url)
})
