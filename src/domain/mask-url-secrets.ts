const MASK = '***'
/** Up to the host, where it says who signs in. */
const USER_INFO = /^(https?:\/\/)[^/?#\\]*@/i
/** Fragments may hold parameters as well. */
const PARAM = /([?&;#])([^=&;?#]+)=([^&;#]*)/g
const ONLY_MACROS = /^(?:\{[^{}]*\})*$/
/** Wherever they stand in a name: `access_token`, `clientsecret`. */
const SECRET_PARTS = /token|secret|passw|signature|credential|api_?key|access_?key|auth_?key|bearer|hmac|jwt/
/** As a word of a name alone: `author` and `monkey` are nobody's secrets. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'key',
  'pass',
  'pwd',
  'sig',
  'sign',
  'auth',
  'authorization',
])

/**
 * A URL or template of one as a log may keep it: without sign-in, and without the values of parameters whose names say
 * that they are secret. Macros alone are nothing secret. What is no URL stays as it is.
 */
export function maskUrlSecrets(url: string): string {
  if (!/^https?:\/\//i.test(url)) return url
  return url
    .replace(USER_INFO, `$1${MASK}@`)
    .replace(PARAM, (param, before: string, name: string, value: string) =>
      ONLY_MACROS.test(value) || !isSecretName(name) ? param : `${before}${name}=${MASK}`,
    )
}

function isSecretName(name: string): boolean {
  if (SECRET_PARTS.test(name.toLowerCase())) return true
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
  return words.some((word) => SECRET_WORDS.has(word))
}
