/** The side panel: designs, runs and reports of this workspace, and what is being made. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import { addIcon, refreshIcon, stopIcon, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import type { ReactElement } from 'react';
import { cellIcon, circuitIcon, joulebookIcon, reportIcon, runIcon } from './icons';
import { CIRCUIT_SUFFIX, commands as ids, PANEL } from './names';
import type { ReportFollower } from './reports';
import type { ReportJob, WorkspaceItem } from './server';
import { ago, progressText, size, subject } from './words';
import type { WorkspaceModel } from './workspace';

export class WorkspacePanel extends ReactWidget {
  private stopWatching: (() => void) | null = null;

  constructor(
    private readonly model: WorkspaceModel,
    private readonly reports: ReportFollower,
    private readonly commands: CommandRegistry
  ) {
    super();
    this.id = PANEL;
    this.addClass('jb-Workspace');
    this.title.icon = joulebookIcon;
    this.title.caption = 'Joulebook: designs, runs and reports';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'Joulebook workspace');
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.stopWatching ??= this.model.watch();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.stopWatching?.();
    this.stopWatching = null;
  }

  override render(): ReactElement {
    return (
      <UseSignal signal={this.model.changed}>
        {() => (
          <UseSignal signal={this.reports.changed}>
            {() => <Contents model={this.model} jobs={this.reports.unfinished} run={this.run} />}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  private readonly run: Run = (id, args) => {
    void this.commands.execute(id, args);
  };
}

type Run = (id: string, args?: Record<string, string>) => void;

function Contents({
  model,
  jobs,
  run
}: {
  model: WorkspaceModel;
  jobs: readonly ReportJob[];
  run: Run;
}): ReactElement {
  const { listing, error, starters } = model;
  return (
    <>
      <header className="jb-Workspace-head">
        <h2>Joulebook</h2>
        <ToolbarButtonComponent icon={addIcon} tooltip="New cell" onClick={() => run(ids.newCell)} />
        <ToolbarButtonComponent
          icon={refreshIcon}
          tooltip="Look again"
          onClick={() => run(ids.refreshWorkspace)}
        />
      </header>
      {error !== '' && (
        <p className="jb-Workspace-error" role="alert">
          {error}
        </p>
      )}
      <Section
        title="Designs"
        items={listing?.designs}
        icon={item => (item.suffix === CIRCUIT_SUFFIX ? circuitIcon : cellIcon)}
        run={run}
      >
        <p>
          A design is a cell, a power network or an equivalent circuit as a document: open it, change it, see
          what it does.
        </p>
        <button className="jp-mod-styled jp-mod-accept" onClick={() => run(ids.newCell)}>
          New cell from LG M50
        </button>
        <button className="jp-mod-styled" onClick={() => run(ids.newCircuit)}>
          New network
        </button>
      </Section>
      <Section title="Runs" items={listing?.runs} icon={() => runIcon} run={run}>
        <p>
          What <code>run.save(&quot;name.run.nc&quot;)</code> writes in a notebook appears here.
        </p>
        {starters.tutorials.length > 0 && (
          <button className="jp-mod-styled" onClick={() => run(ids.openTutorial)}>
            Open a tutorial
          </button>
        )}
      </Section>
      <Section title="Reports" items={listing?.reports} icon={() => reportIcon} run={run} jobs={jobs}>
        <p>
          Open a design and press “Make report”: curves, figures and the source of every value in one PDF.
        </p>
      </Section>
      {listing?.truncated && (
        <p className="jb-Workspace-note">The workspace is large: only a part of it is shown.</p>
      )}
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly items: readonly WorkspaceItem[] | undefined;
  readonly icon: (item: WorkspaceItem) => LabIcon;
  readonly run: Run;
  readonly jobs?: readonly ReportJob[];
  /** Shown where there is nothing. */
  readonly children: React.ReactNode;
}

function Section({ title, items, icon, run, jobs = [], children }: SectionProps): ReactElement {
  const empty = items !== undefined && items.length === 0 && jobs.length === 0;
  return (
    <section className="jb-Section" aria-label={title}>
      <h3>
        {title}
        {items !== undefined && items.length > 0 && <span className="jb-Section-count">{items.length}</span>}
      </h3>
      {jobs.map(job => (
        <Job key={job.id} job={job} run={run} />
      ))}
      {empty && <div className="jb-Section-empty">{children}</div>}
      {items !== undefined && items.length > 0 && (
        <ul>
          {items.map(item => (
            <Item key={item.path} item={item} icon={icon(item)} run={run} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Item({ item, icon, run }: { item: WorkspaceItem; icon: LabIcon; run: Run }): ReactElement {
  const folder = item.path.includes('/') ? item.path.slice(0, item.path.lastIndexOf('/')) : '';
  const facts = [
    item.kind === 'report' ? item.suffix.slice('.report.'.length).toUpperCase() : '',
    item.summary,
    item.summary === '' ? size(item.size) : '',
    ago(item.modified)
  ];
  return (
    <li>
      <button
        className="jb-Item"
        data-path={item.path}
        data-kind={item.kind}
        data-suffix={item.suffix}
        title={[item.path, item.summary, `changed ${ago(item.modified)}`]
          .filter(line => line !== '')
          .join('\n')}
        onClick={() => run(item.kind === 'run' ? ids.openRun : ids.openItem, { path: item.path })}
      >
        <icon.react tag="span" className="jb-Item-icon" width="16px" />
        <span className="jb-Item-name">{item.name}</span>
        {folder !== '' && <span className="jb-Item-folder">{folder}</span>}
        <span className="jb-Item-facts">{facts.filter(fact => fact !== '').join(' · ')}</span>
      </button>
    </li>
  );
}

function Job({ job, run }: { job: ReportJob; run: Run }): ReactElement {
  const bar = job.total > 0 ? { value: job.done, max: job.total } : {};
  return (
    <div className="jb-Job">
      <span className="jb-Job-name">{subject(job)}</span>
      <ToolbarButtonComponent
        icon={stopIcon}
        tooltip="Cancel this report"
        enabled={job.state !== 'cancelling'}
        onClick={() => run(ids.cancelReport, { id: job.id })}
      />
      <progress {...bar} aria-label={`Progress: ${subject(job)}`} />
      <span className="jb-Job-stage">{progressText(job)}</span>
    </div>
  );
}
