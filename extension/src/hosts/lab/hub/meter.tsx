/** The meter of GPU time in the status bar, and the panel that it opens. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { Popup } from '@jupyterlab/statusbar';
import { showPopup } from '@jupyterlab/statusbar';
import type { ReactElement } from 'react';
import type { HubAnswer, LeaseState, Meter, Row } from './answer';
import type { HubFollower } from './follower';
import type { Colour } from './words';
import { colour, headline, kernelName, placeText, rowText, rowTitle, share, usedText } from './words';

export interface MeterParts {
  readonly follower: HubFollower;
  /** Path of the document that a kernel of this server belongs to. */
  pathOf(kernel: string): string | undefined;
  shutDown(kernel: string): void;
  /** Whether this hub lends cards. */
  hasCards(): boolean;
}

export class MeterItem extends ReactWidget {
  private popup: Popup | null = null;

  constructor(private readonly parts: MeterParts) {
    super();
    this.addClass('jb-MeterItem');
    this.addClass('jp-mod-highlighted');
  }

  override render(): ReactElement {
    return (
      <UseSignal signal={this.parts.follower.changed}>
        {() => (
          <MeterButton answer={this.parts.follower.current} cards={this.parts.hasCards()} open={this.open} />
        )}
      </UseSignal>
    );
  }

  private readonly open = (): void => {
    this.popup?.dispose();
    const panel = new MeterPanel(this.parts);
    this.popup = showPopup({ body: panel, anchor: this, align: 'right' });
    void this.parts.follower.look();
  };
}

interface ButtonParts {
  readonly answer: HubAnswer | null;
  readonly cards: boolean;
  open(): void;
}

function MeterButton({ answer, cards, open }: ButtonParts): ReactElement | null {
  const meter = answer?.meter;
  if (!meter) {
    return null;
  }
  const shown = headline(meter, cards);
  const waiting = meter.leases.some(lease => lease.state === 'waiting');
  return (
    <button
      className="jb-MeterItem-button"
      title={`${cards ? `${usedText(meter)}\n` : ''}Plan: ${meter.plan}`}
      aria-haspopup="dialog"
      onClick={open}
    >
      {shown.used !== null && <Bar used={shown.used} colour={shown.colour} />}
      <span>{`${shown.text}${waiting ? ' · waiting' : ''}`}</span>
    </button>
  );
}

interface BarParts {
  readonly used: number;
  readonly colour: Colour;
  readonly named?: boolean;
}

function Bar({ used, colour: shade, named = false }: BarParts): ReactElement {
  const per = Math.min(100, Math.max(0, 100 * used));
  const meaning = named
    ? ({
        role: 'meter',
        'aria-label': 'GPU time used this month',
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': Math.round(per)
      } as const)
    : ({ 'aria-hidden': true } as const);
  return (
    <span className="jb-Meter" data-colour={shade} {...meaning}>
      <i style={{ width: `${per.toFixed(1)}%` }} />
    </span>
  );
}

class MeterPanel extends ReactWidget {
  constructor(private readonly parts: MeterParts) {
    super();
    this.addClass('jb-MeterPanel');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', parts.hasCards() ? 'GPU time' : 'Use of the plan');
  }

  override render(): ReactElement {
    return (
      <UseSignal signal={this.parts.follower.changed}>
        {() => <Contents parts={this.parts} answer={this.parts.follower.current} />}
      </UseSignal>
    );
  }
}

function Contents({ parts, answer }: { parts: MeterParts; answer: HubAnswer | null }): ReactElement | null {
  const meter = answer?.meter;
  if (!meter) {
    return null;
  }
  const cards = parts.hasCards();
  return (
    <>
      <header>
        <h3>{cards ? 'GPU time' : 'Use of the plan'}</h3>
        <span className="jb-MeterPanel-plan">{meter.plan}</span>
      </header>
      {cards && <GpuTime meter={meter} />}
      {answer?.hub === 'away' && (
        <p className="jb-MeterPanel-note" role="status">
          The hub does not answer; this is what it said last.
        </p>
      )}
      {cards && <Leases leases={meter.leases} parts={parts} />}
      {meter.meters.some(row => row.row !== 'gpu_hours') && (
        <ul aria-label="What else the plan counts">
          {meter.meters
            .filter(row => row.row !== 'gpu_hours')
            .map(row => (
              <Other key={row.row} row={row} />
            ))}
        </ul>
      )}
      <a href={meter.account} target="_blank" rel="noopener">
        Usage by day
      </a>
    </>
  );
}

function GpuTime({ meter }: { meter: Meter }): ReactElement {
  const used = share(meter);
  return (
    <>
      <p>{usedText(meter)}</p>
      {used !== null && <Bar used={used} colour={colour(used)} named />}
      {used !== null && used >= 1 && meter.allowed !== 0 && (
        <p className="jb-MeterPanel-note">New hours come with the next month (UTC).</p>
      )}
    </>
  );
}

function Leases({ leases, parts }: { leases: readonly LeaseState[]; parts: MeterParts }): ReactElement {
  return (
    <>
      <ul aria-label="Kernels with a GPU">
        {leases.map(lease => (
          <Lease key={lease.kernel} lease={lease} parts={parts} />
        ))}
      </ul>
      {leases.length === 0 && <p className="jb-MeterPanel-note">No kernel of yours has a GPU now.</p>}
    </>
  );
}

function Lease({ lease, parts }: { lease: LeaseState; parts: MeterParts }): ReactElement {
  const path = parts.pathOf(lease.kernel);
  const state = lease.state === 'lent' ? sinceText(lease.since) : `waits: ${placeText(lease)}`;
  return (
    <li data-state={lease.state}>
      <span className="jb-MeterPanel-name" title={path ?? lease.kernel}>
        {kernelName(path, lease.kernel)}
      </span>
      <span className="jb-MeterPanel-state">{state}</span>
      {path !== undefined && (
        <button className="jp-mod-styled jp-mod-minimal" onClick={() => parts.shutDown(lease.kernel)}>
          {lease.state === 'lent' ? 'Shut down' : 'Cancel'}
        </button>
      )}
    </li>
  );
}

function Other({ row }: { row: Row }): ReactElement {
  return (
    <li title={row.note}>
      <span className="jb-MeterPanel-name">{rowTitle(row)}</span>
      <span className="jb-MeterPanel-amount" data-colour={row.most === null ? 'green' : row.colour}>
        {rowText(row)}
      </span>
    </li>
  );
}

function sinceText(since: number | undefined, now = Date.now() / 1000): string {
  const minutes = Math.max(0, Math.floor((now - (since ?? now)) / 60));
  return minutes < 1
    ? 'just lent'
    : minutes < 90
      ? `for ${minutes} min`
      : `for ${Math.round(minutes / 60)} h`;
}
