import { lazyRouteComponent as lazy } from '@tanstack/react-router'
import type { ScreenList } from './screens.ts'

/** What is told to others, what goes wrong, and looking closely. */
export const NOTIFICATION_SCREENS: ScreenList = [
  ['/deliveries', lazy(async () => ({ default: (await import('./screens/deliveries.tsx')).Deliveries }))],
  [
    '/deliveries/:id',
    lazy(async () => ({ default: (await import('./screens/delivery.tsx')).DeliveryScreen })),
  ],
  ['/notification-targets', lazy(async () => ({ default: (await import('./screens/targets.tsx')).Targets }))],
  [
    '/notification-targets/:id',
    lazy(async () => ({ default: (await import('./screens/target.tsx')).TargetScreen })),
  ],
  ['/alerts', lazy(async () => ({ default: (await import('./screens/alerts.tsx')).Alerts }))],
  ['/explain-url', lazy(async () => ({ default: (await import('./screens/explain-url.tsx')).ExplainUrl }))],
  ['/live', lazy(async () => ({ default: (await import('./screens/live.tsx')).Live }))],
  ['/jobs', lazy(async () => ({ default: (await import('./screens/jobs.tsx')).Jobs }))],
]
