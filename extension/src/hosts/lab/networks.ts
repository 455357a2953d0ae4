/** Networks in the files of other programs: opened in the designer as documents, and saved in other formats. */

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import type { Converted, JoulebookServer, NetworkFormat } from './server';

/** What the names of such files end in; what is in them decides. */
export const NETWORK_ENDINGS: readonly string[] = [
  '.m',
  '.raw',
  '.zip',
  '.xml',
  '.json',
  '.cdf',
  '.uct',
  '.txt'
];
/** Documents of Joulebook: they are opened, not converted. */
const OURS = /\.(cell|circuit|protocol|cryo|pcb)\.json$/i;

export function mayBeNetwork(path: string): boolean {
  return !OURS.test(path) && NETWORK_ENDINGS.some(ending => path.toLowerCase().endsWith(ending));
}

/** Formats that a network can be saved in, as people call them. */
export const FORMATS: readonly (readonly [NetworkFormat, string])[] = [
  ['matpower', 'MATPOWER (.m)'],
  ['cgmes', 'CGMES 2.4.15 (.zip)'],
  ['pandapower', 'pandapower (.json)']
];

/** Notes that a notification shows; the rest is a press away. */
const SHOWN = 2;
/** ms */
const READING = 12_000;

export interface Conversions {
  /** Convert files of one network, say what came of it, and give the path of the document. */
  open(paths: readonly string[]): Promise<string>;
  save(path: string, to: NetworkFormat): Promise<string>;
}

/** Conversions by the server, each with a notification from start to end. Rejects with what the library says. */
export function conversionsBy(server: JoulebookServer): Conversions {
  const run = async (paths: readonly string[], to: NetworkFormat): Promise<string> => {
    const [first = ''] = paths;
    const id = Notification.emit(`Converting ${fileOf(first)}…`, 'in-progress', { autoClose: false });
    let found: Converted;
    try {
      found = await server.convert(paths, to);
    } finally {
      Notification.dismiss(id);
    }
    announce(found, first);
    return found.path;
  };
  return { open: paths => run(paths, 'circuit'), save: (path, to) => run([path], to) };
}

function announce({ path, notes }: Converted, from: string): void {
  const done = `${fileOf(from)} is now ${fileOf(path)}`;
  if (notes.length === 0) {
    Notification.success(`${done}; everything was carried over`, { autoClose: 5000 });
    return;
  }
  const few = notes
    .slice(0, SHOWN)
    .map(note => (note.length > 120 ? `${note.slice(0, 119)}…` : note))
    .join('; ');
  const count = notes.length === 1 ? '1 note' : `${notes.length} notes`;
  Notification.warning(`${done}, with ${count} on what was not carried over or was assumed: ${few}`, {
    autoClose: READING,
    actions: [{ label: 'Show all', callback: () => void showNotes(done, notes) }]
  });
}

function showNotes(title: string, notes: readonly string[]): Promise<unknown> {
  const body = new Widget();
  body.addClass('jb-Notes');
  const list = document.createElement('ul');
  list.append(
    ...notes.map(note => {
      const item = document.createElement('li');
      item.textContent = note;
      return item;
    })
  );
  body.node.append(list);
  return showDialog({ title, body, buttons: [Dialog.okButton({ label: 'Close' })] });
}

export function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
