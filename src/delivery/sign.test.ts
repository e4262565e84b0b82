import { expect, it } from 'vitest'
import { signContent } from './sign.ts'

it('signs the published example of Standard Webhooks with its published signature', () => {
  const signature = signContent({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    content: '{"test": 2432232314}',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  })
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

it('takes a secret without the prefix as it is written', () => {
  const message = { id: 'd1', timestamp: 1, content: 'x' }
  const plain = signContent({ ...message, secret: 'my secret' })
  const encoded = signContent({
    ...message,
    secret: `whsec_${Buffer.from('my secret').toString('base64')}`,
  })
  expect(plain).toBe(encoded)
})
