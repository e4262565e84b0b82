import rateLimit from '@fastify/rate-limit'
import { fastify, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { advertiserTokenRoutes } from './advertiser-token.ts'
import { advertiserRoutes } from './advertisers.ts'
import { affiliateKeyRoutes } from './affiliate-keys.ts'
import { affiliateNetworkRoutes } from './affiliate-networks.ts'
import { affiliateSignUpRoutes } from './affiliate-sign-up.ts'
import { affiliateUserRoutes } from './affiliate-users.ts'
import { affiliateViewRoutes } from './affiliate-views.ts'
import { affiliateRoutes } from './affiliates.ts'
import { alertChannelRoutes } from './alert-channels.ts'
import { alertRoutes } from './alerts.ts'
import { answerWhenLive } from './answer-when-live.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { applicationRoutes } from './applications.ts'
import { auditLogRoutes } from './audit-log.ts'
import { authRoutes } from './auth-routes.ts'
import { balanceAdjustmentRoutes } from './balance-adjustments.ts'
import { balanceRoutes } from './balances.ts'
import { campaignScriptRoutes } from './campaign-script.ts'
import { campaignRoutes } from './campaigns.ts'
import { catalogueRoutes } from './catalogue.ts'
import { checkDomainRoutes } from './check-domain.ts'
import { conversionExportRoutes } from './conversion-export.ts'
import { conversionTotalsRoutes } from './conversion-totals.ts'
import { conversionUploadRoutes } from './conversion-uploads.ts'
import { conversionRoutes } from './conversions.ts'
import { conversionByHandRoutes } from './conversions-by-hand.ts'
import { costCorrectionRoutes } from './cost-corrections.ts'
import { costUndoRoute } from './cost-undo.ts'
import { couponRoutes } from './coupons.ts'
import { customMetricRoutes } from './custom-metrics.ts'
import { serveDashboard } from './dashboard-files.ts'
import { deliveryRoutes } from './deliveries.ts'
import { deliveryBulkRoutes } from './deliveries-bulk.ts'
import { domainRoutes } from './domains.ts'
import { dryRunRoutes } from './dry-run.ts'
import { enforceAccess } from './enforce-access.ts'
import { eventRoutes } from './events.ts'
import { explainUrlRoutes } from './explain-url.ts'
import { flowRoutes } from './flows.ts'
import { fraudRoutes } from './fraud.ts'
import { fromTemplateRoutes } from './from-template.ts'
import { healthRoutes } from './health.ts'
import { hitRoutes } from './hits.ts'
import { hitMatchRoutes } from './hits-match.ts'
import { inspectorFindRoutes } from './inspector-find.ts'
import { inspectorStreamRoutes } from './inspector-stream.ts'
import { inspectorUnmatchedRoutes } from './inspector-unmatched.ts'
import { invoiceFileRoutes } from './invoice-files.ts'
import { invoiceRoutes } from './invoices.ts'
import { jobRoutes } from './jobs.ts'
import { landerRoutes } from './landers.ts'
import { meRoutes } from './me.ts'
import { memberRoutes } from './members.ts'
import { moderationRoutes } from './moderation.ts'
import { newestVisitRoutes } from './newest-visit.ts'
import { notificationTargetRoutes } from './notification-targets.ts'
import { offerIntegrationRoutes } from './offer-integration.ts'
import { offerRoutes } from './offers.ts'
import { describeApi } from './openapi.ts'
import { optimizedWeightRoutes } from './optimized-weights.ts'
import { overviewRoutes } from './overview.ts'
import { paymentRunRoutes } from './payment-runs.ts'
import { portalApiKeyRoutes } from './portal-api-keys.ts'
import { portalApplicationRoutes } from './portal-applications.ts'
import { portalConversionExportRoutes } from './portal-conversion-export.ts'
import { portalConversionRoutes } from './portal-conversions.ts'
import { portalLinkRoutes } from './portal-link.ts'
import { portalMeRoutes } from './portal-me.ts'
import { portalMoneyRoutes } from './portal-money.ts'
import { portalOfferRoutes } from './portal-offers.ts'
import { portalPostbackLogRoutes } from './portal-postback-log.ts'
import { portalPostbackRoutes } from './portal-postbacks.ts'
import { portalReportExportRoutes } from './portal-report-export.ts'
import { portalReportRoutes } from './portal-reports.ts'
import { portalTestPostbackRoutes } from './portal-test-postback.ts'
import { portalViewRoutes } from './portal-view.ts'
import { privacyRoutes } from './privacy.ts'
import { handleError, Problem } from './problem.ts'
import { reconciliationRoutes } from './reconciliations.ts'
import { reportExportRoutes } from './report-export.ts'
import { reportViewRoutes } from './report-views.ts'
import { reportRoutes } from './reports.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { settingsRoutes } from './settings.ts'
import { setupRoutes } from './setup.ts'
import { splitReportRoutes } from './split-report.ts'
import { systemStatusRoutes } from './system-status.ts'
import { targetRotateRoutes } from './target-rotate.ts'
import { targetSystemRoutes } from './target-systems.ts'
import { targetTestRoutes } from './target-test.ts'
import { testAlertChannelRoutes } from './test-alert-channel.ts'
import { testConversionRoutes } from './test-conversion.ts'
import { trafficSourceRoutes } from './traffic-sources.ts'
import { visitUpdateRoutes } from './visit-update.ts'
import { visitRoutes } from './visits.ts'
import { webhookRoutes } from './webhooks.ts'

const BODY_BYTES_MAX = 1024 * 1024
const REQUEST_TIMEOUT_MS = 60_000
const PARAM_CHARS_MAX = 200

const ROUTES: readonly ((app: ApiApp, deps: ApiDeps) => void)[] = [
  healthRoutes,
  authRoutes,
  setupRoutes,
  meRoutes,
  memberRoutes,
  settingsRoutes,
  apiKeyRoutes,
  auditLogRoutes,
  systemStatusRoutes,
  trafficSourceRoutes,
  affiliateNetworkRoutes,
  catalogueRoutes,
  fromTemplateRoutes,
  offerRoutes,
  offerIntegrationRoutes,
  applicationRoutes,
  advertiserRoutes,
  advertiserTokenRoutes,
  couponRoutes,
  landerRoutes,
  flowRoutes,
  domainRoutes,
  checkDomainRoutes,
  campaignRoutes,
  dryRunRoutes,
  campaignScriptRoutes,
  optimizedWeightRoutes,
  targetSystemRoutes,
  notificationTargetRoutes,
  targetRotateRoutes,
  targetTestRoutes,
  moderationRoutes,
  visitRoutes,
  visitUpdateRoutes,
  privacyRoutes,
  hitRoutes,
  hitMatchRoutes,
  inspectorStreamRoutes,
  inspectorFindRoutes,
  inspectorUnmatchedRoutes,
  conversionRoutes,
  conversionTotalsRoutes,
  conversionExportRoutes,
  conversionByHandRoutes,
  conversionUploadRoutes,
  eventRoutes,
  testConversionRoutes,
  jobRoutes,
  deliveryRoutes,
  deliveryBulkRoutes,
  explainUrlRoutes,
  reportRoutes,
  reportExportRoutes,
  reportViewRoutes,
  customMetricRoutes,
  overviewRoutes,
  newestVisitRoutes,
  costCorrectionRoutes,
  costUndoRoute,
  fraudRoutes,
  splitReportRoutes,
  invoiceRoutes,
  invoiceFileRoutes,
  paymentRunRoutes,
  balanceRoutes,
  balanceAdjustmentRoutes,
  portalMoneyRoutes,
  webhookRoutes,
  alertRoutes,
  alertChannelRoutes,
  testAlertChannelRoutes,
  reconciliationRoutes,
  affiliateRoutes,
  affiliateViewRoutes,
  affiliateKeyRoutes,
  affiliateUserRoutes,
  affiliateSignUpRoutes,
  portalViewRoutes,
  portalMeRoutes,
  portalOfferRoutes,
  portalApplicationRoutes,
  portalLinkRoutes,
  portalPostbackRoutes,
  portalTestPostbackRoutes,
  portalPostbackLogRoutes,
  portalConversionRoutes,
  portalConversionExportRoutes,
  portalReportRoutes,
  portalReportExportRoutes,
  portalApiKeyRoutes,
]

/** The dashboard's HTTP server, ready to listen or to be injected into. */
export async function buildApi(deps: ApiDeps): Promise<ApiApp> {
  const app: ApiApp = fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    frameworkErrors: (error, request, reply) => {
      handleError(error, request, reply)
    },
  }).withTypeProvider<ZodTypeProvider>()
  // Bodies are JSON: a foreign page can post text/plain without asking first.
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(handleError)

  enforceAccess(app, deps)
  await addSecurityHeaders(app, deps.dashboardUrl)
  await app.register(rateLimit, { global: false, errorResponseBuilder: tooManyRequests })
  await describeApi(app, deps.version)
  await serveDashboard(app, deps.webRoot)
  answerWhenLive(app, deps)
  for (const addRoutes of ROUTES) addRoutes(app, deps)
  await app.ready()
  return app
}

function tooManyRequests(_request: unknown, { after }: { readonly after: string }): Problem {
  return new Problem(429, 'too_many_requests', `Too many attempts: try again in ${after}.`)
}
