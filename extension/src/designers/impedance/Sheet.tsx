/** The sheet: a canvas for the eye, and the current element as text for screen readers. */

import type { KeyboardEvent } from 'react';
import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { ClipboardService } from '../../core/services';
import { Board } from '../circuit/board';
import { useEditor, useParts, useSession } from './context';
import { Gestures } from './gestures';
import { rowsOf } from './kinds';
import { press } from './keys';
import { codeOf, nameWithTitle } from './model';
import { circuitArt } from './paint';
import type { Scene } from './scene';

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly name: string | null;
}

interface SheetProps {
  readonly clipboard: ClipboardService;
  openMenu(place: MenuPlace): void;
  toValues(): void;
}

export function Sheet({ clipboard, openMenu, toValues }: SheetProps) {
  const { session, board } = useParts();
  const { view } = useSession();
  const { scene, selection, current } = view;
  const { state } = useEditor();
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const gestures = useRef<Gestures | null>(null);
  const [focused, setFocused] = useState(false);
  const id = useId();

  useLayoutEffect(() => {
    const [box, sheet] = [holder.current, canvas.current];
    if (!box || !sheet) {
      return undefined;
    }
    const made = new Board<Scene>(sheet, session.getState().scene, circuitArt, () => undefined);
    board.current = made;
    gestures.current = new Gestures(made, session, (at, name) => openMenu({ ...at, name }));
    const fit = () => made.resize(box.clientWidth, box.clientHeight);
    fit();
    const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(fit);
    observer?.observe(box);
    const wheel = (event: WheelEvent) => {
      // a page that scrolls under the pointer keeps its wheel until the sheet is used
      if (event.ctrlKey || event.metaKey || box.contains(document.activeElement)) {
        gestures.current?.wheel(event);
      }
    };
    box.addEventListener('wheel', wheel, { passive: false });
    const restyle = new MutationObserver(() => made.restyle());
    restyle.observe(document.body, { attributes: true });
    return () => {
      observer?.disconnect();
      restyle.disconnect();
      box.removeEventListener('wheel', wheel);
      made.dispose();
      board.current = null;
    };
  }, [session, board, openMenu]);

  // the layout moves everything when something is put in, so the circuit is kept in view
  const code = codeOf(state.document);
  const shown = useRef(code);
  useLayoutEffect(() => {
    board.current?.show({ scene });
    if (shown.current !== code) {
      shown.current = code;
      board.current?.fit();
    }
  }, [board, scene, code]);
  useLayoutEffect(() => {
    board.current?.show({
      selection,
      current,
      focused,
      readOnly: session.readOnly
    });
  }, [board, session, selection, current, focused]);

  const actions = {
    copy: () => void offer(clipboard, session.copy()),
    cut: () => {
      void offer(clipboard, session.copy());
      session.remove();
    },
    paste: (beside: boolean) => void session.paste(beside ? 'beside' : 'after'),
    toValues,
    menu: () => {
      const at = view.current ? view.scene.items.get(view.current)?.at : undefined;
      const place = at && board.current ? board.current.screen(at) : { x: 40, y: 40 };
      openMenu({ ...place, name: view.current });
    },
    cancel: () => {
      const busy = gestures.current?.busy === true;
      gestures.current?.cancel();
      return busy;
    }
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === ' ' && gestures.current) {
      gestures.current.panning = true;
      event.preventDefault();
      return;
    }
    if (board.current && press(event.nativeEvent, session, board.current, actions)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const keyUp = (event: KeyboardEvent) => {
    if (event.key === ' ' && gestures.current) {
      gestures.current.panning = false;
    }
  };
  return (
    <div
      ref={holder}
      className="jb-Sheet"
      role="listbox"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label={`Equivalent circuit: ${code || 'empty'}`}
      aria-activedescendant={view.current ? `${id}-current` : undefined}
      onKeyDown={keyDown}
      onKeyUp={keyUp}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <canvas
        ref={canvas}
        aria-hidden="true"
        onPointerDown={event => {
          holder.current?.focus({ preventScroll: true });
          gestures.current?.down(event.nativeEvent);
        }}
        onPointerMove={event => gestures.current?.move(event.nativeEvent)}
        onPointerUp={event => gestures.current?.up(event.nativeEvent)}
        onPointerCancel={() => gestures.current?.cancel()}
        onContextMenu={event => gestures.current?.contextMenu(event.nativeEvent)}
        onDoubleClick={toValues}
      />
      {view.current && <Spoken id={`${id}-current`} name={view.current} rows={rowsOf(state.document)} />}
    </div>
  );
}

function Spoken({ id, name, rows }: { id: string; name: string; rows: Readonly<Record<string, unknown>> }) {
  const { view } = useSession();
  const item = view.scene.items.get(name);
  const mark = view.scene.marks.get(name);
  const words = [nameWithTitle(name), ...(item?.lines ?? []), ...(mark ? [mark.text] : [])];
  return (
    <div
      id={id}
      className="jb-Spoken"
      role="option"
      aria-selected={view.selection.has(name)}
      aria-setsize={Object.keys(rows).length}
      aria-posinset={Object.keys(rows).indexOf(name) + 1}
    >
      {words.join(', ')}
    </div>
  );
}

async function offer(clipboard: ClipboardService, text: string | null): Promise<void> {
  if (text !== null) {
    // copying inside the designer works without the browser's clipboard
    await clipboard.write(text).catch(() => undefined);
  }
}
