import { AppShell, Burger, Group, Kbd, NavLink, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { type NavItem, type Places, pathOf } from './navigation.ts'
import { AccountButton } from './parts/account-button.tsx'
import { Icon } from './parts/icon.tsx'
import { useShortcuts } from './parts/shortcuts.tsx'
import { usePlace } from './router.tsx'
import type { Me } from './session.ts'
import classes from './shell.module.css'
import { texts } from './texts.ts'
import { shellTexts } from './texts-shell.ts'
import { useKeptFocus } from './use-kept-focus.ts'

// Loaded when somebody first opens them.
const loadMenu = () => import('./parts/account-menu.tsx')
const AccountMenu = lazy(async () => ({ default: (await loadMenu()).AccountMenu }))
const loadPalette = () => import('./parts/spotlight.tsx')
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }))
const ShortcutsOverlay = lazy(async () => ({
  default: (await import('./parts/shortcuts-overlay.tsx')).ShortcutsOverlay,
}))

/** By then the first screen is there. */
const IDLE_MS = 2_000

type ShellProps = {
  readonly me: Me
  readonly places: Places
  readonly children: ReactNode
}

/** The frame around every screen of a signed-in person: where one can go, and who one is. */
export function Shell({ me, places, children }: ShellProps) {
  const [opened, { toggle, close }] = useDisclosure()
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure()
  const [asked, setAsked] = useState(0)
  const openPalette = () => setAsked((before) => before + 1)
  const { path } = usePlace()
  const content = useKeptFocus<HTMLElement>()
  usePaletteAtHand()
  useShortcuts({ places, onPalette: openPalette, onHelp: openHelp })
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
        <AppShell.Section className={classes.top}>
          <div className={classes.brandPlace}>
            <Brand workspace={me.workspace.name} />
          </div>
          <SearchButton onClick={openPalette} />
        </AppShell.Section>
        <AppShell.Section grow className={classes.places}>
          {places.navigation.map((group) => (
            <div key={group.label} className={classes.group}>
              <Text className={classes.groupLabel}>{group.label}</Text>
              {group.items.map((item) => (
                <NavItemLink key={item.href} item={item} path={path} among={places} />
              ))}
            </div>
          ))}
        </AppShell.Section>
        <AppShell.Section className={classes.bottom}>
          {places.last && <NavItemLink item={places.last} path={path} among={places} />}
          <Account email={me.user.email} onShortcuts={openHelp} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={content}>
        {children}
      </AppShell.Main>
      <Suspense>
        {asked > 0 && <Palette places={places} asked={asked} onShortcuts={openHelp} />}
        {help && <ShortcutsOverlay places={places} opened onClose={closeHelp} />}
      </Suspense>
    </AppShell>
  )
}

/** Who presses Ctrl K goes on typing at once: its code is there before, as soon as nothing else is to do. */
function usePaletteAtHand(): void {
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), IDLE_MS)
    return () => clearTimeout(timer)
  }, [])
}

/** Says that there is a palette, to those who do not try keys. */
function SearchButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <UnstyledButton
      className={classes.search}
      onClick={onClick}
      onPointerEnter={() => void loadPalette()}
      aria-keyshortcuts="Control+K Meta+K"
    >
      <Icon name="story" size={14} />
      <span className={classes.searchLabel}>{shellTexts.palette.open}</span>
      <Kbd size="xs" aria-hidden="true" visibleFrom="sm">
        {shellTexts.palette.keys}
      </Kbd>
    </UnstyledButton>
  )
}

function Account({ email, onShortcuts }: { readonly email: string; readonly onShortcuts: () => void }) {
  const [wanted, setWanted] = useState(false)
  const button = (
    <AccountButton email={email} onClick={() => setWanted(true)} onPointerEnter={() => void loadMenu()} />
  )
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <AccountMenu onShortcuts={onShortcuts} />
    </Suspense>
  )
}

type NavItemLinkProps = { readonly item: NavItem; readonly path: string; readonly among: Places }

function NavItemLink({ item, path, among }: NavItemLinkProps) {
  const count = among.navigation.reduce((sum, { items }) => sum + items.length, 0)
  const place = pathOf(item.href)
  const active = path === place || path.startsWith(`${place}/`)
  const link = useRef<HTMLAnchorElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a place that joins the others pushes those below it
  useEffect(() => {
    // There are more places than a low window shows.
    if (active) link.current?.scrollIntoView({ block: 'nearest' })
  }, [active, count])
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
