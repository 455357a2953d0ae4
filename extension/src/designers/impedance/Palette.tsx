/** What can be put into the circuit: found by words, dragged with the pointer, or added with Enter. */

import type { KeyboardEvent, MouseEvent, PointerEvent } from 'react';
import { useRef, useState } from 'react';
import type { Point } from '../circuit/geometry';
import { useEditor, useParts } from './context';
import type { PaletteItem } from './kinds';
import { found } from './kinds';
import { slotAt } from './scene';
import { signOf } from './symbols';

export function Palette() {
  const { session, board } = useParts();
  const { state } = useEditor();
  const [text, setText] = useState('');
  const [ghost, setGhost] = useState<{ item: PaletteItem; at: Point } | null>(null);
  const dragged = useRef(false);
  const items = found(text);
  const groups = [...new Set(items.map(item => item.group))];

  const slotUnder = (event: PointerEvent) => {
    const sheet = board.current;
    const box = sheet?.canvas.getBoundingClientRect();
    if (!sheet || !box) {
      return { inside: false, slot: null };
    }
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const inside = at.x >= 0 && at.y >= 0 && at.x <= box.width && at.y <= box.height;
    const { scene, selection } = session.getState();
    return { inside, slot: inside ? slotAt(scene, sheet.world(at), selection) : null };
  };
  const showSlot = (slot: ReturnType<typeof slotAt>) =>
    board.current?.show({ scene: { ...session.getState().scene, slot } });
  const move = (event: PointerEvent, item: PaletteItem) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      dragged.current = true;
      setGhost({ item, at: { x: event.clientX, y: event.clientY } });
      showSlot(slotUnder(event).slot);
    }
  };
  const drop = (event: PointerEvent, item: PaletteItem) => {
    setGhost(null);
    const { inside, slot } = dragged.current ? slotUnder(event) : { inside: false, slot: null };
    showSlot(null);
    if (slot) {
      session.add(item, slot);
    } else if (inside) {
      session.say('Drop it on a wire to put it in series, on or beside an element to put it in parallel');
    }
  };
  const click = (event: MouseEvent, item: PaletteItem) => {
    if (dragged.current) {
      dragged.current = false;
      return;
    }
    session.add(item, session.slotOf(event.shiftKey ? 'beside' : 'after'));
  };
  const enter = (event: KeyboardEvent) => {
    const [first] = items;
    if (event.key === 'Enter' && first) {
      session.add(first, session.slotOf(event.shiftKey ? 'beside' : 'after'));
    }
  };
  return (
    <section className="jb-Palette" aria-label="Palette">
      <input
        type="search"
        placeholder="Find an element"
        aria-label="Find an element"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={enter}
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
                  title={hint(item)}
                  onPointerDown={event => {
                    dragged.current = false;
                    event.currentTarget.setPointerCapture(event.pointerId);
                  }}
                  onPointerMove={event => move(event, item)}
                  onPointerUp={event => drop(event, item)}
                  onPointerCancel={() => {
                    setGhost(null);
                    showSlot(null);
                  }}
                  onClick={event => click(event, item)}
                >
                  <Sign item={item} />
                  <span>{item.title}</span>
                </button>
              ))}
          </div>
        </div>
      ))}
      {items.length === 0 && <p className="jb-Empty">Nothing of that name</p>}
      {text === '' && (
        <p className="jb-Empty">
          Drag onto a wire: in series. Onto an element: in parallel. Enter adds behind what is selected,
          Shift+Enter beside it.
        </p>
      )}
      {ghost && (
        <div className="jb-Ghost" style={{ left: ghost.at.x, top: ghost.at.y }} aria-hidden="true">
          <Sign item={ghost.item} />
        </div>
      )}
    </section>
  );
}

function hint({ title, key }: PaletteItem): string {
  const keys = key ? `; ${key.toUpperCase()} on the sheet` : '';
  return `${title}: drag it onto a wire or an element, or press Enter${keys}`;
}

function Sign({ item }: { item: PaletteItem }) {
  if (item.kind === null) {
    return <TogetherSign code={item.code} />;
  }
  const { strokes, letters } = signOf(item.kind);
  return (
    <svg viewBox="-2.1 -1.1 4.2 2.2" width={42} height={22} aria-hidden="true">
      {strokes.map(({ d }) => (
        <path key={d} d={d} strokeWidth={0.14} />
      ))}
      {letters && (
        <text x={0} y={0.34} textAnchor="middle" fontSize={0.95} className="jb-mod-letters">
          {letters}
        </text>
      )}
    </svg>
  );
}

/** Two branches between rails, with a little of what is in them. */
function TogetherSign({ code }: { code: string }) {
  const rails = 'M-2.1 0H-1.7V-.55M-1.7 0V.55M2.1 0H1.7V-.55M1.7 0V.55';
  const capacitor = 'M-1.7 .55H-.12M.12 .55H1.7M-.12 .2v.7M.12 .2v.7';
  const phase = 'M-1.7 .55H0M.3 .55H1.7M-.25 .2L0 .55L-.25 .9M.05 .2L.3 .55L.05 .9';
  const upper = code.includes('W')
    ? 'M-1.7 -.55H-1.3M-1.3 -.8h1v.5h-1zM-.3 -.55H.3M.3 -.8h1v.5h-1zM1.3 -.55H1.7M.5 -.68l.15 .28l.15 -.2l.15 .2l.15 -.28'
    : 'M-1.7 -.55H-.6M-.6 -.8h1.2v.5h-1.2zM.6 -.55H1.7';
  return (
    <svg viewBox="-2.1 -1.1 4.2 2.2" width={42} height={22} aria-hidden="true">
      {[rails, upper, code.includes('CPE') ? phase : capacitor].map(d => (
        <path key={d} d={d} strokeWidth={0.14} />
      ))}
    </svg>
  );
}
