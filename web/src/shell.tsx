import { AppShell, Burger, Group, NavLink, ScrollArea, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import { Icon, type IconName } from './parts/icon.tsx'
import { usePlace } from './router.tsx'
import { type Me, useSignOut } from './session.ts'
import classes from './shell.module.css'
import { texts } from './texts.ts'
import { networkNav } from './texts-network.ts'

export type NavItem = { readonly href: string; readonly label: string; readonly icon: IconName }
export type NavGroup = { readonly label: string; readonly items: readonly NavItem[] }

const NAVIGATION: readonly NavGroup[] = [
  {
    label: texts.nav.results,
    items: [
      { href: '/report', label: texts.report.title, icon: 'report' },
      { href: '/conversions', label: texts.conversions.title, icon: 'conversion' },
      { href: '/costs', label: texts.nav.costs, icon: 'cost' },
      { href: '/fraud', label: texts.nav.fraud, icon: 'shield' },
    ],
  },
  {
    label: texts.nav.inspect,
    items: [
      { href: '/alerts', label: texts.nav.alerts, icon: 'bell' },
      { href: '/live', label: texts.nav.live, icon: 'live' },
      { href: '/hits', label: texts.hits.title, icon: 'hits' },
      { href: '/deliveries', label: texts.nav.deliveries, icon: 'upload' },
      { href: '/visits', label: texts.story.title, icon: 'story' },
      { href: '/explain-url', label: texts.nav.explain, icon: 'link' },
    ],
  },
  {
    label: texts.nav.build,
    items: [
      { href: '/campaigns', label: texts.campaigns.title, icon: 'campaign' },
      { href: '/flows', label: texts.nav.flows, icon: 'flow' },
      { href: '/traffic-sources', label: texts.sources.title, icon: 'source' },
      { href: '/notification-targets', label: texts.nav.targets, icon: 'send' },
      { href: '/affiliate-networks', label: texts.networks.title, icon: 'network' },
      { href: '/offers', label: texts.offers.title, icon: 'offer' },
      { href: '/landers', label: texts.landers.title, icon: 'lander' },
      { href: '/events', label: texts.nav.events, icon: 'event' },
      { href: '/domains', label: texts.nav.domains, icon: 'domain' },
    ],
  },
  {
    label: networkNav.group,
    items: [
      { href: '/advertisers', label: networkNav.advertisers, icon: 'advertiser' },
      { href: '/affiliates', label: networkNav.affiliates, icon: 'affiliate' },
      { href: '/applications?state=pending', label: networkNav.applications, icon: 'inbox' },
      { href: '/pixel-moderation', label: networkNav.pixels, icon: 'pixel' },
      { href: '/billing', label: networkNav.billing, icon: 'invoice' },
      { href: '/reconciliations', label: networkNav.reconciliation, icon: 'compare' },
    ],
  },
]

/** An affiliate manager goes where its affiliates are, and nowhere else. */
const MANAGERS_PLACES = ['/affiliates', '/applications', '/pixel-moderation', '/conversions', '/billing']
const MANAGERS_NAVIGATION: readonly NavGroup[] = NAVIGATION.map((group) => ({
  ...group,
  items: group.items.filter(({ href }) => MANAGERS_PLACES.includes(pathOf(href))),
})).filter(({ items }) => items.length > 0)

const SETTINGS: NavItem = { href: '/settings', label: texts.settings.title, icon: 'settings' }

type ShellProps = {
  readonly me: Me
  readonly navigation?: readonly NavGroup[]
  /** What stands apart, above who is signed in. */
  readonly last?: NavItem | undefined
  readonly children: ReactNode
}

/** The frame around every screen of a signed-in person: where one can go, and who one is. */
export function Shell({ me, children, ...places }: ShellProps) {
  const { navigation, last } = { ...placesOf(me), ...places }
  const [opened, { toggle, close }] = useDisclosure()
  const { path } = usePlace()
  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving somewhere closes the menu of a small screen
  useEffect(close, [path])
  return (
    <AppShell
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      header={{ height: { base: 52, sm: 0 } }}
      padding={{ base: 'md', sm: 'xl' }}
      classNames={{ navbar: classes.navbar, header: classes.header, main: classes.main }}
    >
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" gap="sm">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={texts.nav.menu} />
          <Brand />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={texts.nav.main}>
        <a href="#content" className={classes.skip}>
          {texts.nav.skip}
        </a>
        <AppShell.Section className={classes.top} visibleFrom="sm">
          <Brand workspace={me.workspace.name} />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} px="xs">
          {navigation.map((group) => (
            <div key={group.label} className={classes.group}>
              <Text className={classes.groupLabel}>{group.label}</Text>
              {group.items.map((item) => (
                <NavItemLink key={item.href} item={item} path={path} />
              ))}
            </div>
          ))}
        </AppShell.Section>
        <AppShell.Section className={classes.bottom}>
          {last && <NavItemLink item={last} path={path} />}
          <SignOut email={me.user.email} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content">{children}</AppShell.Main>
    </AppShell>
  )
}

/** Without what the place is asked for. */
function pathOf(href: string): string {
  return href.split('?')[0] ?? href
}

function placesOf({ workspace }: Me): Required<Pick<ShellProps, 'navigation' | 'last'>> {
  return workspace.role === 'affiliate_manager'
    ? { navigation: MANAGERS_NAVIGATION, last: undefined }
    : { navigation: NAVIGATION, last: SETTINGS }
}

function NavItemLink({ item, path }: { readonly item: NavItem; readonly path: string }) {
  const place = pathOf(item.href)
  const active = path === place || path.startsWith(`${place}/`)
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    // There are more places than a low window shows.
    if (active) link.current?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <NavLink
      ref={link}
      href={item.href}
      label={item.label}
      leftSection={<Icon name={item.icon} />}
      active={active}
      aria-current={active ? 'page' : undefined}
      className={classes.item}
      variant="subtle"
      color="gray"
    />
  )
}

function SignOut({ email }: { readonly email: string }) {
  const signOut = useSignOut()
  return (
    <Group gap={4} wrap="nowrap" className={classes.person}>
      <Text size="xs" c="dimmed" truncate flex={1} title={email}>
        {email}
      </Text>
      <UnstyledButton className={classes.out} onClick={() => signOut.mutate()} aria-label={texts.signIn.out}>
        <Icon name="out" size={15} />
      </UnstyledButton>
    </Group>
  )
}

/** The product's mark, and whose data this is. */
function Brand({ workspace }: { readonly workspace?: string }) {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/favicon.svg" alt="" width={24} height={24} />
      <div className={classes.brand}>
        <Text fw={600} lh={1.2}>
          {texts.product}
        </Text>
        {workspace && (
          <Text size="xs" c="dimmed" lh={1.3} truncate title={workspace}>
            {workspace}
          </Text>
        )}
      </div>
    </Group>
  )
}
