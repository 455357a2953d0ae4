/** The plugin in a Lab that is real where this extension touches it, with everything optional left out or given. */

import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { commands as ids } from './names';
import schema from '../../../schema/plugin.json';

const LOADING_THE_LAB = 60_000; // ms, on a busy machine

beforeAll(async () => {
  // what jsdom lacks and JupyterLab's packages look for when they are loaded
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    addListener: () => undefined
  }));
  vi.stubGlobal('DragEvent', class extends MouseEvent {});
  vi.stubGlobal('fetch', async () => new Response('{"cells": [], "tutorials": [], "reports": []}'));
  await import('./index');
}, LOADING_THE_LAB);

interface Lab {
  readonly app: JupyterFrontEnd;
  readonly menu: { selector: string; command: string }[];
}

async function lab(): Promise<Lab> {
  const { DocumentRegistry } = await import('@jupyterlab/docregistry');
  const { ServerConnection } = await import('@jupyterlab/services');
  const menu: { selector: string; command: string }[] = [];
  const here = {};
  const app = {
    commands: new CommandRegistry(),
    docRegistry: new DocumentRegistry(),
    contextMenu: { addItem: (item: { selector: string; command: string }) => menu.push(item) },
    contextMenuHitTest: () => undefined,
    shell: { currentWidget: null, currentChanged: new Signal(here), activateById: vi.fn() },
    serviceManager: {
      serverSettings: ServerConnection.makeSettings(),
      contents: { fileChanged: new Signal(here) },
      kernels: { runningChanged: new Signal(here) },
      kernelspecs: { specs: null }
    },
    restored: new Promise<void>(() => undefined)
  };
  return { app: app as unknown as JupyterFrontEnd, menu };
}

async function activate(given: Lab, ...services: unknown[]): Promise<void> {
  const plugin = (await import('./index')).default;
  const all = (plugin.optional ?? []).map((_, index) => services[index] ?? null);
  await plugin.activate(given.app, ...all);
}

describe('the plugin', () => {
  it('starts without anything that is optional, and opens cells in the designer', async () => {
    const here = await lab();
    await activate(here);
    expect(here.app.docRegistry.defaultWidgetFactory('a/LG M50.cell.json').name).toBe('Cell Designer');
    expect(here.app.docRegistry.preferredWidgetFactories('a/other.json')).toEqual([]);
    expect(here.app.docRegistry.getFileTypesForPath('x.cell.json')[0]).toMatchObject({
      name: 'joulebook-cell'
    });
  });

  it('has every command that anything names', async () => {
    const here = await lab();
    const palette = { addItem: vi.fn() };
    await activate(here, null, null, palette);
    const named = [
      ...palette.addItem.mock.calls.map(([item]) => (item as { command: string }).command),
      ...here.menu.map(item => item.command),
      ...schema['jupyter.lab.shortcuts'].map(item => item.command),
      ...Object.values(ids)
    ];
    expect(named.filter(id => !here.app.commands.hasCommand(id))).toEqual([]);
    for (const id of Object.values(ids)) {
      expect(here.app.commands.label(id, { isPalette: true }), id).not.toBe('');
    }
  });

  it('gives context menus one selector each, as Lumino demands', async () => {
    const here = await lab();
    await activate(here);
    expect(here.menu.length).toBeGreaterThan(0);
    expect(here.menu.filter(item => item.selector.includes(','))).toEqual([]);
  });

  it('enables what needs a designer only where one is in front', async () => {
    const { app } = await lab().then(async here => {
      await activate(here);
      return here;
    });
    for (const id of [ids.makeReport, ids.copyPython, ids.openAsText, ids.startKernel, ids.cancelReport]) {
      expect(app.commands.isEnabled(id, { isPalette: true }), id).toBe(false);
    }
    expect(app.commands.isEnabled(ids.makeReport, { fromPanel: true })).toBe(true);
    expect(app.commands.isEnabled(ids.newCell, {})).toBe(true);
  });
});
