/** The status item: what Joulebook is doing, in a few words. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import { TextItem } from '@jupyterlab/statusbar';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { ReactElement } from 'react';
import type { ReportFollower } from './reports';
import type { KernelState } from './words';
import { progressText, statusText, subject } from './words';

export class StatusItem extends ReactWidget {
  /** Emit when another designer is in front, or its kernel changes. */
  readonly kernelChanged = new Signal<this, void>(this);

  constructor(
    private readonly reports: ReportFollower,
    private readonly kernel: () => KernelState | null,
    private readonly onClick: () => void
  ) {
    super();
    this.addClass('jp-mod-highlighted');
  }

  override render(): ReactElement {
    return (
      <UseSignal signal={this.reports.changed as ISignal<ReportFollower, unknown>}>
        {() => <UseSignal signal={this.kernelChanged}>{() => this.item()}</UseSignal>}
      </UseSignal>
    );
  }

  private item(): ReactElement {
    const [job] = this.reports.unfinished;
    const title = job ? `${subject(job)}: ${progressText(job)}` : 'Show the Joulebook workspace';
    return <TextItem source={statusText(this.reports, this.kernel())} title={title} onClick={this.onClick} />;
  }
}
