import { earns } from '../conversion.ts'
import { credentialField, digitsField, eventNamesField } from './ad-fields.ts'
import { asObject, firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { eventNameFor } from './event-names.ts'
import { jsonCall } from './json-call.ts'
import { refreshForm } from './oauth-refresh.ts'
import { platformClickId } from './platform-click-id.ts'
import type {
  BuiltCall,
  SystemConversion,
  SystemCredentials,
  SystemField,
  SystemRules,
  SystemSettings,
  SystemVerdict,
  TokenRequest,
} from './target-system.ts'

const BASE_URL = 'https://campaign.api.bingads.microsoft.com'
const TOKEN_HOST = 'https://login.microsoftonline.com'
const SCOPE = 'https://ads.microsoft.com/msads.manage offline_access'
/** "The date and time must be within the last 90 days" (OfflineConversion, ConversionTime). */
const EXPIRE_HOURS = 90 * 24
const CLICK_ID_PARAMS = ['msclkid']
/** Names of goals are the user's own. */
const GOAL_FORM = /^[^\p{Cc}]{1,100}$/u
/** Faults of the service or of the moment, by ErrorCode: the same call may pass later. */
const PASSING_ERROR =
  /^(?:InternalError|CallRateExceeded|ConcurrentRequestOverLimit|AuthenticationTokenExpired)$/

/**
 * Microsoft Advertising, Campaign Management v13 by REST (learn.microsoft.com/advertising/campaign-management-service:
 * ApplyOfflineConversions, OfflineConversion, ApplyOfflineConversionAdjustments, OfflineConversionAdjustment):
 * OfflineConversions/Apply, and OfflineConversionAdjustments/Apply with "Retract" for one that is taken back, both by
 * POST with a bearer token from the Microsoft identity platform. A second conversion of the same click and time is
 * ignored there. Answers 200 with PartialErrors for what was refused. There is no way to have a call checked only.
 */
export const microsoftAdsRules: SystemRules = {
  label: 'Microsoft Advertising',
  documentation:
    'https://learn.microsoft.com/en-us/advertising/campaign-management-service/applyofflineconversions',
  settings: [
    idField('customerId', 'Customer id', 'behind cid='),
    idField('accountId', 'Account id', 'behind aid='),
    {
      name: 'conversionName',
      label: 'Conversion goal',
      help: 'The name of an offline conversion goal; conversions sent in the first two hours of its life are lost.',
      isRequired: true,
      pattern: '.{1,100}',
      choices: [],
    },
    {
      ...eventNamesField(
        'Your event = goal, e.g. lead=Leads, sale=Sales. Events without one go to the goal above.',
        GOAL_FORM,
      ),
      label: 'Goals of events',
    },
    {
      name: 'tenant',
      label: 'Tenant',
      help: 'Of the application in Microsoft Entra ID; empty for common.',
      isRequired: false,
      pattern: '[A-Za-z0-9.-]{1,100}',
      choices: [],
    },
  ],
  secrets: [
    credentialField('developerToken', 'Developer token', 'In the Developer Portal of Microsoft Advertising.'),
    credentialField(
      'clientId',
      'Application (client) id',
      'Of the application registered in Microsoft Entra ID.',
    ),
    {
      ...credentialField('clientSecret', 'Client secret', 'Of a web application; others have none.'),
      isRequired: false,
    },
    credentialField(
      'refreshToken',
      'Refresh token',
      'Granted to the application with the scope msads.manage.',
    ),
  ],
  baseUrl: BASE_URL,
  expireHours: EXPIRE_HOURS,
  isToldOnce: true,
  retracts: { datedBy: 'conversion' },
  needs: { visitParams: CLICK_ID_PARAMS, person: 'besides', besides: [] },
  build: buildCall,
  authorize: (call, { secrets, settings, accessToken }) => ({
    ...call,
    headers: {
      authorization: `Bearer ${accessToken}`,
      developertoken: secrets.developerToken ?? '',
      customerid: settings.customerId ?? '',
      customeraccountid: settings.accountId ?? '',
    },
  }),
  tokenRequest: buildTokenRequest,
  readAnswer: ({ status, body }) => readMicrosoftAnswer(status, body),
}

function idField(name: string, label: string, place: string): SystemField {
  return digitsField(name, label, `Digits; in the address of Microsoft Advertising ${place}.`)
}

function buildCall(conversion: SystemConversion, { settings, baseUrl }: SystemSettings): BuiltCall {
  if (conversion.isTest)
    return { kind: 'skip', reason: 'Microsoft Advertising counts every call: none is only checked' }
  const clickId = platformClickId(conversion.visit, CLICK_ID_PARAMS)
  if (clickId === '') return { kind: 'skip', reason: 'no Microsoft click id (msclkid)' }
  const { name, item } = earns(conversion.status)
    ? { name: 'OfflineConversions', item: toConversion(conversion) }
    : { name: 'OfflineConversionAdjustments', item: toRetraction(conversion) }
  const goal = eventNameFor(settings.eventNames ?? '', conversion.event) || (settings.conversionName ?? '')
  const url = `${baseUrl || BASE_URL}/CampaignManagement/v13/${name}/Apply`
  return jsonCall(url, { [name]: [{ MicrosoftClickId: clickId, ConversionName: goal, ...item }] })
}

/** The value is a number there ("double"). */
function toConversion({ recordedAt, amount, currency, person }: SystemConversion): object {
  return {
    ConversionTime: new Date(recordedAt).toISOString(),
    ConversionValue: Number(amount),
    ConversionCurrencyCode: currency,
    ...(person === null || person.emailMicrosoftSha256 === ''
      ? {}
      : { HashedEmailAddress: person.emailMicrosoftSha256 }),
    ...(person === null || person.phonePlusSha256 === ''
      ? {}
      : { HashedPhoneNumber: person.phonePlusSha256 }),
  }
}

/** Click, goal and time are those of the conversion that it takes back. */
function toRetraction({ recordedAt, at }: SystemConversion): object {
  return {
    AdjustmentType: 'Retract',
    AdjustmentTime: new Date(at).toISOString(),
    ConversionTime: new Date(recordedAt).toISOString(),
  }
}

/** OAuth 2.0 of the Microsoft identity platform ("Refresh the access token"). */
function buildTokenRequest({
  secrets,
  settings,
  baseUrl,
}: Omit<SystemCredentials, 'accessToken'>): TokenRequest {
  const tenant = encodeURIComponent(settings.tenant || 'common')
  return {
    url: `${baseUrl || TOKEN_HOST}/${tenant}/oauth2/v2.0/token`,
    form: { ...refreshForm(secrets), scope: SCOPE },
  }
}

/** PartialErrors are of items, of which a call holds one; a fault (AdApiFaultDetail) has Errors. */
function readMicrosoftAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  const partial = answer?.PartialErrors
  const faults = answer?.Errors
  const errors = Array.isArray(partial) && partial.length > 0 ? partial : Array.isArray(faults) ? faults : []
  const error = errors.map(asObject).find((each) => each !== undefined)
  if (error === undefined) return verdictByStatus(status, firstText(answer?.Message))
  const code = firstText(error.ErrorCode)
  const reason = [code, firstText(error.Message)].filter((part) => part !== '').join(': ')
  if (status >= 200 && status < 300) return refusal(reason, !PASSING_ERROR.test(code))
  return verdictByStatus(status, reason)
}
