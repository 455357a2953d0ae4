/** The power flow: solve, follow every edit, what came of it, and what to look at where nothing came. */

import type { Key } from './kinds';
import { useSession } from './context';
import { titleOf } from './elements';
import { Icon } from './Icon';
import { BANDS } from './overlay';
import type { PowerFlowFollower, StudyState } from './study';

interface StudyBarProps {
  readonly follower: PowerFlowFollower;
  readonly study: StudyState;
  readonly live: boolean;
  /** Whether the document has faults; nothing is solved then. */
  readonly faulty: boolean;
  setLive(live: boolean): void;
  show(key: Key): void;
}

export function StudyBar({ follower, study, live, faulty, setLive, show }: StudyBarProps) {
  return (
    <section className="jb-Study" aria-label="Power flow">
      <div className="jb-Row">
        <button
          type="button"
          className="jb-Button jb-mod-main"
          disabled={faulty || study.running}
          onClick={() => follower.solve()}
        >
          <Icon name="solve" />
          Power flow
        </button>
        <label className="jb-Check">
          <input type="checkbox" checked={live} onChange={event => setLive(event.target.checked)} />
          after every edit
        </label>
        <span className="jb-Study-status" role="status">
          {statusOf(study, faulty)}
        </span>
        <span className="jb-Toolbar-space" />
        {study.overlay.buses.size > 0 && <Legend />}
        {study.answer && (
          <button type="button" className="jb-Button" onClick={() => follower.clear()}>
            Hide figures
          </button>
        )}
      </div>
      <Marks study={study} show={show} />
    </section>
  );
}

function statusOf(study: StudyState, faulty: boolean): string {
  if (faulty) {
    return 'The network has faults; mend them first';
  }
  if (study.running) {
    return 'Solving …';
  }
  if (study.message) {
    return study.message;
  }
  if (!study.answer) {
    return '';
  }
  const { facts, seconds } = study.answer;
  const losses = facts['losses_MW'];
  const parts = [
    study.stale ? 'Figures of an earlier network' : 'Solved',
    typeof facts['iterations'] === 'number' ? `${facts['iterations']} iterations` : '',
    typeof losses === 'number' ? `losses ${losses.toPrecision(4)} MW` : '',
    `${(1e3 * seconds).toPrecision(2)} ms`
  ];
  return parts.filter(Boolean).join(' · ');
}

function Legend() {
  const bands = [
    ['low', `below ${BANDS.low}`],
    ['lower', `below ${BANDS.lower}`],
    ['good', `to ${BANDS.high}`],
    ['high', 'above']
  ] as const;
  return (
    <ul className="jb-Legend" aria-label="Colours of voltages, per unit">
      {bands.map(([band, words]) => (
        <li key={band}>
          <i className={`jb-mod-${band}`} />
          {words}
        </li>
      ))}
    </ul>
  );
}

function Marks({ study, show }: { study: StudyState; show(key: Key): void }) {
  const { view } = useSession();
  const marks = study.answer?.marks ?? [];
  if (marks.length === 0) {
    return null;
  }
  return (
    <ul className="jb-Marks" aria-label="What to look at">
      {marks.slice(0, 30).map(({ key, level, text }, i) => {
        const element = key === null ? undefined : view.scene.elements.get(key);
        return (
          <li key={i} className={`jb-mod-${level}`}>
            {element && (
              <button type="button" onClick={() => show(element.key)}>
                {titleOf(element)}
              </button>
            )}
            {element ? ` ${text}` : text}
          </li>
        );
      })}
    </ul>
  );
}
