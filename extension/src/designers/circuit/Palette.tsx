/** What can be put on the sheet: found by words, dragged with the pointer, or added with Enter. */

import type { PointerEvent } from 'react';
import { useRef, useState } from 'react';
import { useParts, useSession } from './context';
import { standardOf } from './elements';
import type { Point } from './geometry';
import type { Key, PaletteItem } from './kinds';
import { found } from './kinds';
import type { Standard } from './symbols';
import { symbolOf } from './symbols';
import { useEditor } from './context';

interface PaletteProps {
  setTargets(keys: ReadonlySet<Key>): void;
}

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
  return (
    <section className="jb-Palette" aria-label="Palette">
      <input
        type="search"
        placeholder="Find a symbol"
        aria-label="Find a symbol"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          const [first] = items;
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
                <button
                  key={item.id}
                  type="button"
                  disabled={state.readOnly}
                  title={`${item.title}: drag it onto the sheet, or select busbars and press Enter`}
                  onPointerDown={event => {
                    dragged.current = false;
                    event.currentTarget.setPointerCapture(event.pointerId);
                  }}
                  onPointerMove={event => move(event, item)}
                  onPointerUp={event => drop(event, item)}
                  onPointerCancel={() => {
                    setGhost(null);
                    setTargets(NONE);
                  }}
                  onClick={() => click(item)}
                >
                  <SymbolIcon item={item} standard={standard} />
                  <span>{item.title}</span>
                </button>
              ))}
          </div>
        </div>
      ))}
      {items.length === 0 && <p className="jb-Empty">Nothing of that name</p>}
      {ghost && (
        <div className="jb-Ghost" style={{ left: ghost.at.x, top: ghost.at.y }} aria-hidden="true">
          <SymbolIcon item={ghost.item} standard={standard} />
        </div>
      )}
    </section>
  );
}

export function SymbolIcon({ item, standard }: { item: PaletteItem; standard: Standard }) {
  const symbol = symbolOf(item.table, item.start(110e3), standard);
  const wide = item.table === 'hvdc_lines';
  return (
    <svg viewBox={wide ? '-3.2 -2 6.4 4' : '-2.6 -2.2 5.2 4.4'} width={26} height={24} aria-hidden="true">
      {symbol ? (
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
