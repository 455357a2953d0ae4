/** What can be put on the sheet: found by words, dragged with the pointer, or added with Enter. */

import type { PointerEvent, ReactNode } from 'react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { useEditor, useParts, useSession } from './context';
import { standardOf } from './elements';
import type { Point } from './geometry';
import type { Key, PaletteItem } from './kinds';
import { found } from './kinds';
import { inLibrary, LIBRARY_SIZE } from './library';
import type { Standard } from './symbols';
import { symbolOf } from './symbols';

interface PaletteProps {
  setTargets(keys: ReadonlySet<Key>): void;
}

/** Entries of the library that are listed at a time. */
const MOST = 60;
const NONE: ReadonlySet<Key> = new Set();

export function Palette({ setTargets }: PaletteProps) {
  const { session } = useSession();
  const { state } = useEditor();
  const { board } = useParts();
  const [text, setText] = useState('');
  const [ghost, setGhost] = useState<{ item: PaletteItem; at: Point } | null>(null);
  const dragged = useRef(false);
  const items = found(text);
  const groups = [...new Set(items.map(item => item.group))];
  const wanted = useDeferredValue(text);
  const library = useMemo(() => inLibrary(wanted, MOST), [wanted]);
  const standard = standardOf(state.document);

  const sheetPoint = (event: PointerEvent): Point | null => {
    const canvas = board.current?.canvas.getBoundingClientRect();
    if (!canvas || !board.current) {
      return null;
    }
    const at = { x: event.clientX - canvas.left, y: event.clientY - canvas.top };
    const inside = at.x >= 0 && at.y >= 0 && at.x <= canvas.width && at.y <= canvas.height;
    return inside ? board.current.world(at) : null;
  };
  const move = (event: PointerEvent, item: PaletteItem) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
      return;
    }
    dragged.current = true;
    setGhost({ item, at: { x: event.clientX, y: event.clientY } });
    const at = sheetPoint(event);
    setTargets(at ? new Set(session.busesFor(item, at)) : NONE);
  };
  const drop = (event: PointerEvent, item: PaletteItem) => {
    const at = dragged.current ? sheetPoint(event) : null;
    setGhost(null);
    setTargets(NONE);
    if (at) {
      session.add(item, at);
    }
  };
  const click = (item: PaletteItem) => {
    if (dragged.current) {
      dragged.current = false;
      return;
    }
    add(item);
  };
  /** Without a pointer: at the selected busbars, else in the middle of what is seen. */
  const add = (item: PaletteItem) => {
    const middle = board.current?.middle ?? { x: 0, y: 0 };
    const chosen = [...session.getState().selection].filter(key => session.getState().scene.bars.has(key));
    const done = session.add(item, chosen.length > 0 && item.table !== 'buses' ? { x: NaN, y: NaN } : middle);
    const { current } = session.getState();
    if (done && current) {
      const place = session.getState().scene.placements.get(current);
      if (place) {
        board.current?.reveal({
          left: place.x - 3,
          top: place.y - 3,
          right: place.x + 3,
          bottom: place.y + 3
        });
      }
    }
  };
  const handlers = (item: PaletteItem) => ({
    off: state.readOnly,
    begin: () => {
      dragged.current = false;
    },
    move: (event: PointerEvent) => move(event, item),
    drop: (event: PointerEvent) => drop(event, item),
    cancel: () => {
      setGhost(null);
      setTargets(NONE);
    },
    click: () => click(item)
  });
  return (
    <section className="jb-Palette" aria-label="Palette">
      <input
        type="search"
        placeholder="Find a symbol"
        aria-label="Find a symbol"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          const first = items[0] ?? library.items[0];
          if (event.key === 'Enter' && first) {
            add(first);
          }
        }}
      />
      {groups.map(group => (
        <div key={group} role="group" aria-label={group}>
          <h4>{group}</h4>
          <div className="jb-Palette-items">
            {items
              .filter(item => item.group === group)
              .map(item => (
                <ThingButton
                  key={item.id}
                  title={`${item.title}: drag it onto the sheet, or select busbars and press Enter`}
                  {...handlers(item)}
                >
                  <SymbolIcon item={item} standard={standard} />
                  <span>{item.title}</span>
                </ThingButton>
              ))}
          </div>
        </div>
      ))}
      {library.count > 0 && (
        <div role="group" aria-label="Equipment library">
          <h4>{`Equipment library: ${library.count} of ${LIBRARY_SIZE}`}</h4>
          <div className="jb-Library">
            {library.items.map(item => (
              <ThingButton key={item.id} title={item.source} {...handlers(item)}>
                {item.title}
              </ThingButton>
            ))}
          </div>
        </div>
      )}
      {text === '' && <p className="jb-Empty">{`Type to find one of ${LIBRARY_SIZE} types of equipment`}</p>}
      {items.length === 0 && library.count === 0 && <p className="jb-Empty">Nothing of that name</p>}
      {ghost && (
        <div className="jb-Ghost" style={{ left: ghost.at.x, top: ghost.at.y }} aria-hidden="true">
          <SymbolIcon item={ghost.item} standard={standard} />
        </div>
      )}
    </section>
  );
}

interface ThingButtonProps {
  readonly title: string;
  readonly off: boolean;
  readonly children: ReactNode;
  begin(): void;
  move(event: PointerEvent): void;
  drop(event: PointerEvent): void;
  cancel(): void;
  click(): void;
}

function ThingButton({ title, off, children, begin, move, drop, cancel, click }: ThingButtonProps) {
  return (
    <button
      type="button"
      disabled={off}
      title={title}
      onPointerDown={event => {
        begin();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={drop}
      onPointerCancel={cancel}
      onClick={click}
    >
      {children}
    </button>
  );
}

export function SymbolIcon({ item, standard }: { item: PaletteItem; standard: Standard }) {
  const symbol = symbolOf(item.table, item.start(110e3), standard);
  const wide = item.table === 'hvdc_lines';
  return (
    <svg viewBox={wide ? '-3.2 -2 6.4 4' : '-2.6 -2.2 5.2 4.4'} width={26} height={24} aria-hidden="true">
      {item.table === 'labels' ? (
        <path d="M-1.4 -1.3H1.4M0 -1.3V1.4" strokeWidth={0.28} />
      ) : symbol ? (
        symbol.strokes.map(({ d, solid, about }) => (
          <path
            key={d}
            d={d}
            className={solid ? 'jb-mod-solid' : ''}
            strokeWidth={wide ? 0.22 : 0.18}
            transform={about && `translate(${about.x} ${about.y})`}
          />
        ))
      ) : item.table === 'buses' ? (
        <path d="M-2.2 0H2.2" strokeWidth={0.5} />
      ) : (
        <path d="M-2 1.2H0V-1.2H2" strokeWidth={0.18} />
      )}
    </svg>
  );
}
