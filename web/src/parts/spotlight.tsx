import '@mantine/spotlight/styles.css'
import { Kbd, useMantineColorScheme, VisuallyHidden } from '@mantine/core'
import { createSpotlight, Spotlight, useSpotlight } from '@mantine/spotlight'
import { useEffect } from 'react'
import {
  buildCreateCommands,
  buildIdCommands,
  buildItemCommands,
  buildPlaceCommands,
  type Command,
  findCommands,
} from '../commands.ts'
import type { Places } from '../navigation.ts'
import { navigate } from '../router.tsx'
import { switchWorkspace, useMe, useSignOut } from '../session.ts'
import { texts } from '../texts.ts'
import { shellTexts } from '../texts-shell.ts'
import { useFindables } from '../use-findables.ts'
import { Icon } from './icon.tsx'
import classes from './spotlight.module.css'

const words = shellTexts.palette
const SCHEMES = ['light', 'dark', 'auto'] as const

/** Blurring a whole page is slow where no graphics card helps. */
const OVERLAY = { backgroundOpacity: 0.4, blur: 0 }

const LIST_ID = 'palette-commands'

const [store, palette] = createSpotlight()

type PaletteProps = {
  readonly places: Places
  /** How often it was asked for: it opens anew each time. */
  readonly asked: number
  readonly onShortcuts: () => void
}

/** Everything there is to go to, to make and to find, by typing some letters of it. */
export function Palette({ places, asked, onShortcuts }: PaletteProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens when it is asked for once more
  useEffect(() => palette.open(), [asked])
  const { query, selected, opened } = useSpotlight(store)
  const found = useCommands(places, { text: query, isOpen: opened, onShortcuts })
  useFirstSelected(found, opened)
  const chosen = found[selected]
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      scrollable
      maxHeight={420}
      radius="md"
      title={words.title}
      overlayProps={OVERLAY}
      classNames={classes}
    >
      <Spotlight.Search
        aria-label={words.title}
        placeholder={words.placeholder}
        leftSection={<Icon name="story" />}
        spellCheck={false}
      />
      <Spotlight.ActionsList id={LIST_ID}>
        {groupsOf(found).map(([group, commands]) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {commands.map((command) => (
              <Spotlight.Action
                key={command.id}
                label={command.label}
                leftSection={<Icon name={command.icon} />}
                rightSection={command.letter && <Keys letter={command.letter} />}
                onClick={() => (command.href === undefined ? command.run?.() : navigate(command.href))}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {found.length === 0 && <Spotlight.Empty>{words.nothing}</Spotlight.Empty>}
      </Spotlight.ActionsList>
      <VisuallyHidden role="status">
        {chosen && words.selected(chosen.label, selected + 1, found.length)}
      </VisuallyHidden>
    </Spotlight.Root>
  )
}

/**
 * Enter does the first of what is found, also of what is found a moment after the typing: Spotlight selects on typing
 * alone. It keeps its selection in an attribute.
 */
function useFirstSelected(found: readonly Command[], isOpen: boolean): void {
  const ids = found.map(({ id }) => id).join(' ')
  useEffect(() => {
    if (!isOpen || ids === '') return
    const shown = document.querySelectorAll(`#${LIST_ID} [data-action]`)
    for (const action of shown) action.removeAttribute('data-selected')
    shown[0]?.setAttribute('data-selected', 'true')
    store.updateState((state) => ({ ...state, selected: 0 }))
  }, [ids, isOpen])
}

function Keys({ letter }: { readonly letter: string }) {
  return (
    <span aria-hidden="true">
      <Kbd size="xs">g</Kbd> <Kbd size="xs">{letter}</Kbd>
    </span>
  )
}

type Asked = { readonly text: string; readonly isOpen: boolean; readonly onShortcuts: () => void }

/** The commands that a text finds, in the order in which they are shown. */
function useCommands(places: Places, { text, isOpen, onShortcuts }: Asked): readonly Command[] {
  const { role } = useMe().workspace
  const things = useFindables({ isOpen })
  const own = useOwnCommands(onShortcuts)
  const all = [
    ...buildPlaceCommands(places, role),
    ...buildCreateCommands(role),
    // Before anything is typed there is no telling which of a thousand things is meant.
    ...(text.trim() === '' ? [] : things.flatMap(buildItemCommands)),
    ...own,
    ...(role === 'affiliate' || role === 'affiliate_manager' ? [] : buildIdCommands(text)),
  ]
  return groupsOf(findCommands(all, text)).flatMap(([, commands]) => commands)
}

/** About the person at the keyboard: how it looks, which workspace, signing out. */
function useOwnCommands(onShortcuts: () => void): readonly Command[] {
  const me = useMe()
  const { setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  const group = words.person
  const { account } = shellTexts
  const others = me.workspaces.filter(({ id }) => id !== me.workspace.id)
  return [
    ...others.map(({ id, name }) => ({
      id: `workspace ${id}`,
      group,
      label: words.switchTo(name),
      icon: 'compare' as const,
      run: () => switchWorkspace(id),
    })),
    ...SCHEMES.map((scheme) => ({
      id: `scheme ${scheme}`,
      group,
      label: account.themeCommand(account.themes[scheme]),
      icon: 'settings' as const,
      run: () => setColorScheme(scheme),
      also: words.personAlso,
    })),
    { id: 'shortcuts', group, label: account.shortcuts, icon: 'key', run: onShortcuts, also: '?' },
    { id: 'sign-out', group, label: texts.signIn.out, icon: 'out', run: () => signOut.mutate() },
  ]
}

function groupsOf(commands: readonly Command[]): readonly (readonly [string, readonly Command[]])[] {
  return [...Map.groupBy(commands, ({ group }) => group)]
}
