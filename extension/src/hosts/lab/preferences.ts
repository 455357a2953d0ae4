/** The settings of the extension, with types; other parts read them here and never from the registry. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import type { PreviewModel } from '../../core/services';
import { PLUGIN } from './names';

export interface Preferences {
  readonly previewRates: readonly number[];
  readonly previewAxis: 'capacity' | 'time';
  readonly previewModel: PreviewModel;
  readonly startKernel: boolean;
  readonly reportRates: readonly number[];
  readonly openReport: 'pdf' | 'html' | 'no';
}

/** Kept equal to schema/plugin.json by a test. */
export const defaults: Preferences = {
  previewRates: [0.5, 1, 2],
  previewAxis: 'capacity',
  previewModel: 'DFN',
  startKernel: true,
  reportRates: [0.5, 1, 2],
  openReport: 'pdf'
};

export class PreferenceStore {
  readonly changed = new Signal<this, Preferences>(this);
  private now = defaults;

  get current(): Preferences {
    return this.now;
  }

  /** Fulfilled once the settings are read, or cannot be; then the defaults hold. */
  readonly ready: Promise<void>;

  constructor(registry: ISettingRegistry | null) {
    this.ready = registry ? this.follow(registry).catch(() => undefined) : Promise.resolve();
  }

  private async follow(registry: ISettingRegistry): Promise<void> {
    const settings = await registry.load(PLUGIN);
    const read = (): void => {
      this.now = { ...defaults, ...(settings.composite as Partial<Preferences>) };
      this.changed.emit(this.now);
    };
    settings.changed.connect(read);
    read();
  }
}
