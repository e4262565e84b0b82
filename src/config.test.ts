import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

describe('the settings', () => {
  it('all have a default', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({ publicPort: 8080, dashboardHost: '127.0.0.1', durability: 'disk' })
    expect(config.publicUrl).toBe('http://localhost:8080')
  })

  it('read lists, and addresses without their last slash', () => {
    const config = loadConfig({
      TRAILPOST_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      TRAILPOST_PUBLIC_URL: 'https://track.example.com/',
    })
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1'])
    expect(config.publicUrl).toBe('https://track.example.com')
  })

  it('refuse what cannot work, by the name of the variable', () => {
    const refused = {
      TRAILPOST_PUBLIC_PORT: '70000',
      TRAILPOST_EDGES: '0',
      TRAILPOST_DURABILITY: 'perhaps',
      TRAILPOST_SMTP_URL: 'https://mail.example.com',
      TRAILPOST_MAIL_FROM: 'a@example.com, b@example.com',
      TRAILPOST_DATA_DIR: `/${'d'.repeat(100)}`,
    }
    for (const [name, value] of Object.entries(refused)) {
      expect(() => loadConfig({ [name]: value })).toThrow(ConfigError)
      expect(() => loadConfig({ [name]: value })).toThrow(name)
    }
  })

  it('name a mail server and who e-mails come from together, without a second header', () => {
    const smtp = { TRAILPOST_SMTP_URL: 'smtp://user:password@mail.example.com:587' }
    const config = loadConfig({ ...smtp, TRAILPOST_MAIL_FROM: 'Trailpost <alerts@example.com>' })
    expect(config).toMatchObject({ mailFrom: 'Trailpost <alerts@example.com>' })
    expect(() => loadConfig(smtp)).toThrow('TRAILPOST_MAIL_FROM')
    const smuggled = { ...smtp, TRAILPOST_MAIL_FROM: 'a@example.com\r\nBcc: b@example.com' }
    expect(() => loadConfig(smuggled)).toThrow(ConfigError)
  })
})
