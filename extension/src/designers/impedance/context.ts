/** How the components follow editor and session. */

import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Editor, EditorState } from '../../core/editor';
import type { Board } from '../circuit/board';
import type { Scene } from './scene';
import type { CircuitSession, SessionState } from './session';

export interface Parts {
  readonly session: CircuitSession;
  readonly board: { current: Board<Scene> | null };
}

export const PartsContext = createContext<Parts | null>(null);

export function useParts(): Parts {
  const parts = useContext(PartsContext);
  if (!parts) {
    throw new Error('A part of the designer was drawn outside of it');
  }
  return parts;
}

export function useSession(): { readonly session: CircuitSession; readonly view: SessionState } {
  const { session } = useParts();
  return { session, view: useSyncExternalStore(session.subscribe, session.getState) };
}

export function useEditor(): { readonly editor: Editor; readonly state: EditorState } {
  const { editor } = useParts().session;
  return { editor, state: useSyncExternalStore(editor.subscribe, editor.getState) };
}
