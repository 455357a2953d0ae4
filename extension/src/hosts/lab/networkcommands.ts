/** Commands on the files of networks. */

import { InputDialog } from '@jupyterlab/apputils';
import { FileDialog } from '@jupyterlab/filebrowser';
import { CIRCUIT_KIND } from '../../designers/circuit';
import type { CommandParts } from './commands';
import { attempt, current, itemPath } from './commands';
import { circuitIcon } from './icons';
import { CIRCUIT_SUFFIX, commands as ids } from './names';
import { fileOf, FORMATS, mayBeNetwork } from './networks';

type Args = Readonly<Record<string, unknown>>;

export function addNetworkCommands(parts: CommandParts): void {
  const { app, browser, conversions, tracker, workspace } = parts;
  const refresh = (): void => {
    void browser?.model.refresh();
    workspace.touch();
  };
  app.commands.addCommand(ids.openNetworks, {
    label: args => (args['fromFiles'] ? 'Open in the One-Line Designer' : 'Open Network of Another Program…'),
    caption: 'MATPOWER, PSS/E, CGMES, pandapower, IEEE CDF or UCTE: converted, and opened in the designer',
    icon: args => (args['isPalette'] ? undefined : circuitIcon),
    isEnabled: () => browser !== null,
    isVisible: args => !args['fromFiles'] || (selected(parts)?.every(mayBeNetwork) ?? true),
    execute: args =>
      attempt('The network could not be opened', async () => {
        const paths = args['fromFiles'] ? (selected(parts) ?? []) : await choose(parts);
        if (paths.length > 0) {
          const path = await conversions.open(paths.map(item => app.serviceManager.contents.localPath(item)));
          refresh();
          await app.commands.execute('docmanager:open', { path });
        }
      })
  });
  app.commands.addCommand(ids.saveNetworkAs, {
    label: args => (args['toolbar'] ? 'Save as…' : 'Save Network in Another Format…'),
    caption: 'A copy for MATPOWER, CGMES or pandapower, beside the document',
    isVisible: args => args['toolbar'] !== true || isNetwork(parts, args),
    isEnabled: args => args['fromPanel'] === true || args['fromFiles'] === true || isNetwork(parts, args),
    execute: args =>
      attempt('The network could not be saved', async () => {
        const path = await documentPath(parts, args);
        const chosen = await InputDialog.getItem({
          title: `Save ${fileOf(path)} as`,
          items: FORMATS.map(([, title]) => title)
        });
        const format = FORMATS.find(([, title]) => title === chosen.value);
        if (chosen.button.accept && format) {
          await conversions.save(app.serviceManager.contents.localPath(path), format[0]);
          refresh();
        }
      })
  });
  tracker.widgetAdded.connect((_, { context }) => {
    void context.ready.then(() => app.commands.notifyCommandChanged(ids.saveNetworkAs));
  });
}

/** Whether the designer that a command is about shows a network. */
function isNetwork(parts: CommandParts, args: Args): boolean {
  return current(parts, args)?.content.parts.kind === CIRCUIT_KIND;
}

function selected({ browser }: CommandParts): readonly string[] | null {
  return browser === null ? null : [...browser.selectedItems()].map(item => item.path);
}

async function choose({ browser }: CommandParts): Promise<readonly string[]> {
  if (browser === null) {
    return [];
  }
  const chosen = await FileDialog.getOpenFiles({
    manager: browser.model.manager,
    title: 'Open a network: one file, or the files of one set',
    filter: model => (model.type === 'directory' || mayBeNetwork(model.name) ? {} : null)
  });
  return (chosen.value ?? []).filter(model => model.type !== 'directory').map(model => model.path);
}

/** Path of the document that was clicked, or that is in front, saved: what is converted is the file. */
async function documentPath(parts: CommandParts, args: Args): Promise<string> {
  if (args['fromPanel']) {
    return itemPath(parts);
  }
  if (args['fromFiles']) {
    const path = selected(parts)?.find(item => item.endsWith(CIRCUIT_SUFFIX));
    if (path === undefined) {
      throw new Error('Select a .circuit.json document in the file browser first');
    }
    return path;
  }
  const widget = current(parts, args);
  if (widget === null || widget.content.parts.kind !== CIRCUIT_KIND) {
    throw new Error('Open a network in the designer first');
  }
  if (widget.content.design === null) {
    throw new Error(
      'This document cannot be read as a network. Mend it first; the designer says what is wrong'
    );
  }
  if (widget.context.model.dirty) {
    await widget.context.save();
  }
  return widget.context.path;
}
