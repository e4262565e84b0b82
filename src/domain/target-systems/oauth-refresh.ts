/**
 * The form that asks for a new access token, RFC 6749 sections 2.3.1 and 6; what else its server wants is the system's
 * to add. A public client has no secret, and sends none.
 */
export function refreshForm(secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { clientId = '', clientSecret = '', refreshToken = '' } = secrets
  return {
    grant_type: 'refresh_token',
    client_id: clientId,
    ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
    refresh_token: refreshToken,
  }
}
