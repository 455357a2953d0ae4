/** The designer of equivalent circuits: palette, sheet, values, code and spectrum of one circuit. */

import type { KeyboardEvent } from 'react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { shortcut } from '../../core/keyboard';
import type { ClipboardService, Theme } from '../../core/services';
import type { Board } from '../circuit/board';
import type { MenuItem } from '../circuit/ElementMenu';
import { ElementMenu } from '../circuit/ElementMenu';
import { FormContext } from '../circuit/Value';
import { CodeField } from './CodeField';
import { PartsContext, useParts, useSession } from './context';
import { wider } from './gestures';
import { Inspector } from './Inspector';
import { label, nameWithTitle, pathLabel } from './model';
import { Palette } from './Palette';
import { Plots } from './Plots';
import { Problems } from './Problems';
import type { Scene } from './scene';
import type { CircuitSession } from './session';
import type { MenuPlace } from './Sheet';
import { Sheet } from './Sheet';
import { Toolbar } from './Toolbar';

export interface ImpedanceDesignerProps {
  readonly session: CircuitSession;
  readonly clipboard: ClipboardService;
  readonly theme: Theme;
}

export function ImpedanceDesigner(props: ImpedanceDesignerProps) {
  const { session } = props;
  const board = useRef<Board<Scene> | null>(null);
  const parts = useMemo(() => ({ session, board }), [session]);
  const form = useMemo(() => ({ editor: session.editor, label, pathLabel }), [session]);
  return (
    <PartsContext.Provider value={parts}>
      <FormContext.Provider value={form}>
        <Workspace {...props} />
      </FormContext.Provider>
    </PartsContext.Provider>
  );
}

function Workspace({ clipboard, theme }: ImpedanceDesignerProps) {
  const { session, view } = useSession();
  const { board } = useParts();
  const root = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const toSheet = () => root.current?.querySelector<HTMLElement>('.jb-Sheet')?.focus({ preventScroll: true });
  const toValues = () => {
    const inputs = root.current?.querySelectorAll<HTMLElement>('.jb-Inspector input');
    // the first value of an element; its name comes before it
    (session.getState().selection.size === 1 ? (inputs?.[1] ?? inputs?.[0]) : inputs?.[0])?.focus();
  };
  const openMenu = useCallback((place: MenuPlace) => setMenu(place), []);
  const closeMenu = useCallback(() => {
    setMenu(null);
    root.current?.querySelector<HTMLElement>('.jb-Sheet')?.focus({ preventScroll: true });
  }, []);
  const press = (event: KeyboardEvent) => {
    const meant = shortcut(event);
    const { target } = event;
    const typing = target instanceof HTMLElement && target.getAttribute('data-typing') === 'true';
    if (meant && !typing) {
      event.preventDefault();
      event.stopPropagation();
      session.editor[meant]();
      // what had the focus may have gone with an element
      requestAnimationFrame(() => document.activeElement === document.body && toSheet());
    } else if (
      event.key === 'Escape' &&
      target instanceof HTMLElement &&
      target.closest('.jb-Inspector, .jb-Code')
    ) {
      toSheet();
    }
  };
  return (
    <div ref={root} className="jb-Circuit jb-Impedance" data-theme={theme} onKeyDown={press}>
      <Toolbar clipboard={clipboard} />
      <Problems />
      <div className="jb-Circuit-grid">
        <aside className="jb-Side">
          <Palette />
        </aside>
        <div className="jb-Impedance-middle">
          <CodeField clipboard={clipboard} />
          <div className="jb-Middle">
            <Sheet clipboard={clipboard} openMenu={openMenu} toValues={toValues} />
            {menu && (
              <ElementMenu
                x={menu.x}
                y={menu.y}
                title={menu.name ? nameWithTitle(menu.name) : 'Circuit'}
                items={menuItems(session, menu.name, () => board.current?.fit(), toValues)}
                close={closeMenu}
              />
            )}
            <p className="jb-Notice" role="status">
              {view.notice}
            </p>
          </div>
          <Plots />
        </div>
        <Inspector />
      </div>
    </div>
  );
}

function menuItems(
  session: CircuitSession,
  name: string | null,
  fit: () => void,
  toValues: () => void
): readonly MenuItem[] {
  const off = session.readOnly;
  if (name === null) {
    return [
      { title: 'Paste', keys: 'Ctrl+V', disabled: off, act: () => void session.paste() },
      { title: 'Select all', keys: 'Ctrl+A', act: () => session.selectAll() },
      { title: 'Fit the circuit', keys: 'F', act: fit }
    ];
  }
  const { scene, selection } = session.getState();
  return [
    { title: 'Values', keys: 'Enter', act: toValues },
    { title: 'Select the group around it', keys: 'X', act: () => session.select(wider(scene, selection)) },
    {
      title: 'Move before',
      keys: 'Alt+←',
      disabled: off,
      act: () => void session.shift('series', -1)
    },
    { title: 'Move behind', keys: 'Alt+→', disabled: off, act: () => void session.shift('series', 1) },
    { title: 'Copy', keys: 'Ctrl+C', act: () => void session.copy() },
    { title: 'Paste behind', keys: 'Ctrl+V', disabled: off, act: () => void session.paste('after') },
    { title: 'Paste beside', keys: 'Ctrl+Shift+V', disabled: off, act: () => void session.paste('beside') },
    { title: 'Delete', keys: 'Del', disabled: off, act: () => void session.remove() }
  ];
}
