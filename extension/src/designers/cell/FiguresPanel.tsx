/** Live figures of the design at open circuit. */

import { figure } from '../../core/numbers';
import { faultText } from '../../core/validation';
import type { CellFigures } from './figures';
import { N_P_RANGE } from './figures';
import { Icon } from './Icon';

export function FiguresPanel({ figures, faulty }: { figures: CellFigures | null; faulty: boolean }) {
  if (!figures) {
    return (
      <section className="jb-Figures" aria-label="Figures of the cell">
        <p className="jb-Empty">
          {faulty
            ? 'The figures come back as soon as the faults are corrected.'
            : 'A material of this cell is not in the library.'}
        </p>
      </section>
    );
  }
  return (
    <section className="jb-Figures" aria-label="Figures of the cell" aria-live="polite">
      <dl className="jb-Figures-row">
        <Figure name="Capacity" value={figure(scaled(figures.capacity, 1e3), 4)} unit="mA h" />
        <Figure name="Energy" value={figure(figures.energy, 4)} unit="W h" />
        <Figure name="Specific energy" value={figure(figures.specificEnergy, 4)} unit="Wh/kg" />
        <Figure name="Energy density" value={figure(figures.energyDensity, 4)} unit="Wh/L" />
        <Figure name="Mean voltage" value={figure(figures.meanVoltage, 4)} unit="V" />
        <RatioFigure ratio={figures.nPRatio} />
      </dl>
      {figures.mass > 0 && <MassBar masses={figures.massBreakdown} total={figures.mass} />}
      {(figures.fault || figures.warnings.length > 0) && (
        <ul className="jb-Warnings">
          {figures.fault && (
            <li className="jb-mod-error">
              <Icon name="warning" />
              {faultText(figures.fault)}
            </li>
          )}
          {figures.warnings.map(warning => (
            <li key={warning}>
              <Icon name="warning" />
              {warning}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function Figure({ name, value, unit }: { name: string; value: string; unit: string }) {
  return (
    <div className="jb-Figure">
      <dt>{name}</dt>
      <dd>
        {value} <span>{unit}</span>
      </dd>
    </div>
  );
}

/** The N/P ratio with a scale: the usual range is marked, the ratio is a pointer. */
function RatioFigure({ ratio }: { ratio: number }) {
  const [low, high] = N_P_RANGE;
  const [from, to] = [0.8, 1.6];
  const usual = ratio >= low && ratio <= high;
  const at = (value: number) => `${(100 * (Math.min(to, Math.max(from, value)) - from)) / (to - from)}%`;
  return (
    <div
      className={`jb-Figure jb-mod-ratio${usual ? '' : ' jb-mod-warning'}`}
      title={`Usual: ${low} to ${high}`}
    >
      <dt>N/P ratio</dt>
      <dd>{ratio.toFixed(2)}</dd>
      <div className="jb-Gauge" aria-hidden="true">
        <span className="jb-Gauge-usual" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
        <span className="jb-Gauge-pointer" style={{ left: at(ratio) }} />
      </div>
    </div>
  );
}

function MassBar({ masses, total }: { masses: Readonly<Record<string, number>>; total: number }) {
  const parts = Object.entries(masses);
  return (
    <div className="jb-Mass">
      <div className="jb-Mass-title">
        <span>Mass</span>
        <strong>{`${figure(total * 1e3, 4)} g`}</strong>
      </div>
      <div className="jb-Mass-bar" aria-hidden="true">
        {parts.map(([name, mass]) => (
          <span
            key={name}
            data-part={name}
            style={{ flexGrow: (100 * mass) / total }}
            title={`${name}: ${figure(mass * 1e3, 3)} g, ${((100 * mass) / total).toFixed(1)} %`}
          />
        ))}
      </div>
      <ul className="jb-Mass-legend">
        {parts.map(([name, mass]) => (
          <li key={name} data-part={name}>
            <span className="jb-Mass-name">{name}</span>
            <span className="jb-Mass-value">{`${figure(mass * 1e3, 3)} g`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
