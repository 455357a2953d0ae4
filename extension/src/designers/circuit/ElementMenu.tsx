/** The menu of an element, under the pointer or beside the element that has the keys. */

import type { KeyboardEvent } from 'react';
import { useEffect, useRef } from 'react';
import { rovingKey } from '../../core/keyboard';

export interface MenuItem {
  readonly title: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  act(): void;
}

interface MenuProps {
  readonly x: number;
  readonly y: number;
  readonly items: readonly MenuItem[];
  readonly title: string;
  close(): void;
}

export function ElementMenu({ x, y, items, title, close }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const buttons = () => [...(menu.current?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? [])];
  useEffect(() => {
    const box = menu.current;
    const inside = box?.offsetParent?.getBoundingClientRect();
    if (box && inside) {
      const own = box.getBoundingClientRect();
      box.style.left = `${Math.max(0, Math.min(x, inside.width - own.width - 4))}px`;
      box.style.top = `${Math.max(0, Math.min(y, inside.height - own.height - 4))}px`;
    }
    buttons()[0]?.focus();
    const away = (event: Event) => {
      if (!box?.contains(event.target as Node)) {
        close();
      }
    };
    document.addEventListener('pointerdown', away, true);
    return () => document.removeEventListener('pointerdown', away, true);
  }, [x, y, close]);
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    const all = buttons();
    const next = rovingKey(event.key, all.indexOf(document.activeElement as HTMLButtonElement), all.length);
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    } else if (next !== null) {
      event.preventDefault();
      all[next]?.focus();
    }
  };
  return (
    <div
      ref={menu}
      className="jb-Menu"
      role="menu"
      aria-label={title}
      style={{ left: x, top: y }}
      onKeyDown={press}
    >
      {items.map(({ title: words, keys, disabled, act }) => (
        <button
          key={words}
          type="button"
          role="menuitem"
          disabled={disabled === true}
          onClick={() => {
            close();
            act();
          }}
        >
          <span>{words}</span>
          {keys && <kbd>{keys}</kbd>}
        </button>
      ))}
    </div>
  );
}
