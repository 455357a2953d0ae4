/** The sheet: a canvas for the eye, and a named element for each thing on it for screen readers. */

import type { KeyboardEvent } from 'react';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ClipboardService } from '../../core/services';
import { networkArt } from './art';
import { Board } from './board';
import { useParts, useSession } from './context';
import { titleOf } from './elements';
import { Gestures } from './gestures';
import { middleOf, press } from './keys';
import type { Key } from './kinds';
import { KINDS } from './kinds';
import type { StudyState } from './study';
import { spoken } from './words';

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly key: Key | null;
}

interface DiagramProps {
  readonly study: StudyState;
  readonly clipboard: ClipboardService;
  /** Busbars that a thing of the palette would be connected to. */
  readonly targets: ReadonlySet<Key>;
  openMenu(place: MenuPlace): void;
  toValues(): void;
}

const NO_TARGETS: ReadonlySet<Key> = new Set();

export function Diagram({ study, clipboard, targets, openMenu, toValues }: DiagramProps) {
  const { session, board } = useParts();
  const { view } = useSession();
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const gestures = useRef<Gestures | null>(null);
  const [focused, setFocused] = useState(false);
  const id = useId();
  const { elements } = view.scene;
  const name = useMemo(() => sheetName(elements), [elements]);

  useLayoutEffect(() => {
    const [box, sheet] = [holder.current, canvas.current];
    if (!box || !sheet) {
      return undefined;
    }
    const made = new Board(sheet, session.getState().scene, networkArt, () => undefined);
    board.current = made;
    gestures.current = new Gestures(made, session, (at, key) => openMenu({ ...at, key }));
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

  useLayoutEffect(() => {
    if (!gestures.current?.busy) {
      board.current?.show({ scene: view.scene });
    }
    board.current?.show({
      selection: view.selection,
      current: view.current,
      focused,
      overlay: study.overlay,
      stale: study.stale,
      targets: targets.size > 0 ? targets : NO_TARGETS,
      readOnly: session.readOnly
    });
  }, [board, session, view, focused, study, targets]);

  const actions = {
    copy: () => void offer(clipboard, session.copy()),
    cut: () => {
      void offer(clipboard, session.copy());
      session.remove();
    },
    toValues,
    menu: () => {
      const at = view.current ? middleOf(view.scene, view.current) : null;
      const place = at && board.current ? board.current.screen(at) : { x: 40, y: 40 };
      openMenu({ ...place, key: view.current });
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
      aria-label={name}
      aria-activedescendant={view.current ? `${id}-current` : undefined}
      onKeyDown={keyDown}
      onKeyUp={keyUp}
      onPaste={event => {
        event.preventDefault();
        session.paste(event.clipboardData.getData('text/plain'));
      }}
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
      <Spoken id={`${id}-current`} study={study} />
    </div>
  );
}

/** The current element and how many there are, as text. */
function Spoken({ id, study }: { id: string; study: StudyState }) {
  const { view } = useSession();
  const { scene, current, selection } = view;
  const element = current ? scene.elements.get(current) : undefined;
  const text = useMemo(
    () => (element ? spoken(scene, element, study.overlay) : ''),
    [scene, element, study.overlay]
  );
  if (!element) {
    return null;
  }
  return (
    <div
      id={id}
      className="jb-Spoken"
      role="option"
      aria-selected={selection.has(element.key)}
      aria-setsize={scene.elements.size}
      aria-posinset={[...scene.elements.keys()].indexOf(element.key) + 1}
    >
      {text || titleOf(element)}
    </div>
  );
}

function sheetName(elements: ReadonlyMap<Key, { readonly table: string }>): string {
  const counts = new Map<string, number>();
  for (const { table } of elements.values()) {
    counts.set(table, (counts.get(table) ?? 0) + 1);
  }
  const parts = KINDS.flatMap(({ table, plural, title }) => {
    const count = counts.get(table);
    return count ? [`${count} ${(count === 1 ? title : plural).toLowerCase()}`] : [];
  });
  return `One-line diagram: ${parts.join(', ') || 'empty'}`;
}

async function offer(clipboard: ClipboardService, text: string | null): Promise<void> {
  if (text !== null) {
    // copying inside the designer works without the browser's clipboard
    await clipboard.write(text).catch(() => undefined);
  }
}
