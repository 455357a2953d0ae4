/** Sliders for a few values, and the discharge of the moved design over that of the document. */

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { JsonObject } from '../../core/document';
import { dotted, valueAt, withValue } from '../../core/document';
import { figure } from '../../core/numbers';
import type { Field } from '../../core/schema';
import type { PreviewModel, PreviewService } from '../../core/services';
import { faultText } from '../../core/validation';
import { ExploreSlider } from './ExploreSlider';
import type { CurveFigures, FollowState, Moves } from './explore';
import { changesOf, changeText, CurveFollower, curveFigures, explorable, MOST_SLIDERS } from './explore';
import { useEditor } from './hooks';
import { LineChart } from './LineChart';
import { pathLabel } from './model';
import { Toggle } from './Toggle';

const FIRST_CHOSEN: readonly string[] = ['negative.thickness', 'positive.thickness', 'positive.porosity'];
const RATES: Readonly<Record<string, number>> = { 'C/5': 0.2, '1C': 1, '2C': 2, '3C': 3 };

interface ExploreProps {
  readonly service: PreviewService;
  /** null while the design has faults. */
  readonly document: JsonObject | null;
  readonly model: PreviewModel;
}

export function ExplorePanel({ service, document, model }: ExploreProps) {
  const [open, setOpen] = useState(false);
  return (
    <section className="jb-Explore" aria-label="Explore">
      <header>
        <h3>Explore</h3>
        <span className="jb-Explore-hint">Move a few values and see what the discharge does.</span>
        <button type="button" className="jb-Button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Close' : 'Explore values'}
        </button>
      </header>
      {open &&
        (document ? (
          <Exploration service={service} document={document} model={model} />
        ) : (
          <p className="jb-Empty">The sliders come back as soon as the faults are corrected.</p>
        ))}
    </section>
  );
}

/** A curve that follows a document. */
function useFollower(
  service: PreviewService,
  document: JsonObject | null,
  rate: number,
  model: PreviewModel
): readonly [FollowState, CurveFollower] {
  const follower = useMemo(() => new CurveFollower(service), [service]);
  const state = useSyncExternalStore(follower.subscribe, follower.getState);
  useEffect(() => () => follower.stop(), [follower]);
  useEffect(() => service.onReady?.(() => follower.retry()), [service, follower]);
  useEffect(() => follower.follow(document && { document, rate, model }), [follower, document, rate, model]);
  return [state, follower];
}

function Exploration({ service, document, model: first }: ExploreProps & { readonly document: JsonObject }) {
  const { editor, state } = useEditor();
  const offered = useMemo(() => explorable(document), [document]);
  const [chosen, setChosen] = useState<readonly string[]>(FIRST_CHOSEN);
  const [moves, setMoves] = useState<Moves>({});
  const [last, setLast] = useState('');
  const [rate, setRate] = useState('1C');
  const [model, setModel] = useState<PreviewModel>(first);
  const fields = chosen.flatMap(key => offered.find(field => dotted(field.path) === key) ?? []);
  const changes = changesOf(document, fields, moves);
  const faults = changes.length > 0 ? editor.judge(changes) : [];
  const asked = JSON.stringify(changes);
  const faulty = faults.length > 0;
  const trial = useMemo(
    () => (faulty || asked === '[]' ? null : withChanges(document, asked)),
    [document, asked, faulty]
  );
  const [baseline, baselineFollower] = useFollower(service, document, RATES[rate] ?? 1, model);
  const [moved] = useFollower(service, trial, RATES[rate] ?? 1, model);
  const shown: FollowState = changes.length > 0 ? moved : baseline;
  const problem = faults[0] ? faultText(faults[0]) : changes.length > 0 ? moved.message : '';
  const move = (key: string, percent: number) => {
    setLast(key);
    setMoves({ ...moves, [key]: percent });
  };
  const drop = (key: string) => {
    setChosen(chosen.filter(other => other !== key));
    setMoves(Object.fromEntries(Object.entries(moves).filter(([other]) => other !== key)));
  };
  const apply = () => {
    if (editor.change(changes, appliedLabel(changes.map(change => change.path)))) {
      setMoves({});
    }
  };
  const culprit = fields.some(field => dotted(field.path) === last) ? last : dotted(fields[0]?.path ?? []);
  return (
    <div className="jb-Explore-body">
      <div className="jb-Explore-values">
        {fields.map(field => (
          <ExploreSlider
            key={dotted(field.path)}
            field={field}
            document={document}
            percent={moves[dotted(field.path)] ?? 0}
            problem={culprit === dotted(field.path) ? problem : ''}
            move={percent => move(dotted(field.path), percent)}
            drop={() => drop(dotted(field.path))}
          />
        ))}
        <Adder
          offered={offered}
          chosen={chosen}
          fields={fields}
          add={key => setChosen([...fields.map(keyOf), key])}
        />
        <div className="jb-Explore-actions">
          <button
            type="button"
            className="jb-Button jb-mod-main"
            disabled={changes.length === 0 || faulty || state.readOnly}
            onClick={apply}
          >
            Apply to the design
          </button>
          <button
            type="button"
            className="jb-Button"
            disabled={changes.length === 0}
            onClick={() => setMoves({})}
          >
            Reset
          </button>
        </div>
      </div>
      <div className="jb-Explore-result">
        <div className="jb-Explore-choices">
          <Toggle name="C-rate" options={Object.keys(RATES)} value={rate} choose={setRate} />
          <Toggle
            name="Model to explore with"
            options={['DFN', 'SPMe', 'SPM']}
            value={model}
            choose={value => setModel(value as PreviewModel)}
          />
        </div>
        <Curves
          baseline={baseline}
          moved={shown}
          moving={changes.length > 0}
          faded={problem !== ''}
          document={document}
        />
        <FigureTable before={curveFigures(baseline.curve)} after={curveFigures(shown.curve)} />
        {baseline.message && (
          <p className="jb-mod-error" role="status">
            {`${baseline.message} `}
            <button type="button" className="jb-Button" onClick={() => baselineFollower.retry()}>
              Solve again
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

const keyOf = (field: Field) => dotted(field.path);

/** The document with the changes that a text of JSON lists. */
function withChanges(document: JsonObject, asked: string): JsonObject {
  const changes = JSON.parse(asked) as readonly { path: readonly string[]; value: number }[];
  return changes.reduce((sofar, { path, value }) => withValue(sofar, path, value), document);
}

function appliedLabel(paths: readonly (readonly string[])[]): string {
  const [only] = paths;
  return only && paths.length === 1 ? pathLabel(only) : `${paths.length} explored values`;
}

interface AdderProps {
  readonly offered: readonly Field[];
  readonly chosen: readonly string[];
  readonly fields: readonly Field[];
  add(key: string): void;
}

function Adder({ offered, fields, add }: AdderProps) {
  const shown = fields.map(keyOf);
  const full = shown.length >= MOST_SLIDERS;
  return (
    <select
      className="jb-Explore-add"
      aria-label="Add a value to explore"
      value=""
      disabled={full}
      onChange={event => add(event.target.value)}
    >
      <option value="">{full ? `${MOST_SLIDERS} values at most` : 'Add a value …'}</option>
      {offered
        .filter(field => !shown.includes(keyOf(field)))
        .map(field => (
          <option key={keyOf(field)} value={keyOf(field)}>
            {pathLabel(field.path)}
          </option>
        ))}
    </select>
  );
}

interface CurvesProps {
  readonly baseline: FollowState;
  readonly moved: FollowState;
  readonly moving: boolean;
  readonly faded: boolean;
  readonly document: JsonObject;
}

function Curves({ baseline, moved, moving, faded, document }: CurvesProps) {
  const curve = (name: string, colour: string, state: FollowState) =>
    state.curve ? [{ name, colour, x: state.curve.capacity, y: state.curve.voltage }] : [];
  const drawn = [
    ...curve('design', moving ? 'var(--jb-curve-8)' : 'var(--jb-curve-1)', baseline),
    ...(moving ? curve('moved', 'var(--jb-curve-2)', moved) : [])
  ];
  const end = (state: FollowState) => curveFigures(state.curve)?.capacity ?? 0;
  const [low, high] = ['lower_cutoff', 'upper_cutoff'].map(name => valueAt(document, [name]));
  const range =
    typeof low === 'number' && typeof high === 'number' ? ([low - 0.05, high + 0.05] as const) : undefined;
  return (
    <>
      <LineChart
        title="Discharge voltage of the design and of the moved values"
        curves={drawn}
        xLabel="Discharged capacity (A h)"
        yLabel="Voltage (V)"
        xRange={[0, Math.max(1.15 * end(baseline), 1.02 * end(moved)) || 1]}
        {...(range ? { yRange: range } : {})}
        height={[200, 300]}
        faded={faded}
      />
      <ul className="jb-Explore-legend">
        {drawn.map(({ name, colour }) => (
          <li key={name}>
            <i style={{ background: colour }} />
            {name === 'design' ? 'The design' : 'Moved values'}
          </li>
        ))}
      </ul>
    </>
  );
}

const ROWS: readonly (readonly [keyof CurveFigures, string, string])[] = [
  ['capacity', 'Capacity', 'A h'],
  ['energy', 'Energy', 'W h'],
  ['meanVoltage', 'Mean voltage', 'V'],
  ['end', 'End time', 'h']
];

function FigureTable({ before, after }: { before: CurveFigures | null; after: CurveFigures | null }) {
  return (
    <table className="jb-Explore-figures">
      <thead>
        <tr>
          <th scope="col">Discharge</th>
          <th scope="col">Design</th>
          <th scope="col">Moved</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([key, name, unit]) => (
          <tr key={key}>
            <th scope="row">{`${name} (${unit})`}</th>
            <td>{figure(before?.[key], 4)}</td>
            <td>{figure(after?.[key], 4)}</td>
            <td>{changeText(before?.[key], after?.[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
