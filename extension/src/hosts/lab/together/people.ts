/** Who has a design open. */

import type { SharedDesign } from './shareddesign';

interface Person {
  readonly user?: { readonly username?: string; readonly display_name?: string; readonly color?: string };
}

/** Names and colours of those who have the design open in another browser, each once. */
export function others({ awareness }: SharedDesign): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  awareness.getStates().forEach((state, client) => {
    const { user } = state as Person;
    const name = user?.display_name ?? user?.username ?? '';
    if (client !== awareness.clientID && name !== '') {
      found.set(name, user?.color ?? 'currentColor');
    }
  });
  return new Map([...found].sort(([a], [b]) => a.localeCompare(b)));
}
