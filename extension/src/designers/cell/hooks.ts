/** How the components follow the editor and their own width. */

import type { RefObject } from 'react';
import { createContext, useContext, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import type { Editor, EditorState } from '../../core/editor';

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): { readonly editor: Editor; readonly state: EditorState } {
  const editor = useContext(EditorContext);
  if (!editor) {
    throw new Error('A part of the designer was drawn outside of it');
  }
  return { editor, state: useSyncExternalStore(editor.subscribe, editor.getState) };
}

/** Width of an element, px; the fallback where nothing is laid out. */
export function useWidth(ref: RefObject<Element>, fallback: number): number {
  const [width, setWidth] = useState(fallback);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === 'undefined') {
      return undefined;
    }
    const measure = () => {
      const found = Math.floor(element.getBoundingClientRect().width);
      if (found > 0) {
        setWidth(found);
      }
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
