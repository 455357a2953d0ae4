/** Choosing a material, and the card with what the library knows of it. */

import type { Change } from '../../core/editor';
import type { Json, JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import { property, raised } from '../../core/numbers';
import type { Field } from '../../core/schema';
import type { LawRecord, MaterialRecord, ValueRecord } from './catalogue';
import { material, materialNames } from './catalogue';
import { Choice } from './ChoiceField';
import { useEditor } from './hooks';
import { LineChart } from './LineChart';
import { label, pathLabel } from './model';
import { ownMaterial, ownNames, shownName } from './own';
import { SourceNote } from './SourceNote';

export function MaterialField({ field }: { field: Field }) {
  const { editor, state } = useEditor();
  const [part = ''] = field.path;
  const choose = (name: string) => {
    const swapped = material(field.materials, name) ?? ownMaterial(editor.getState().document, name);
    const own = ['maximum_concentration', 'diffusivity', 'rate_constant']
      .filter(key => swapped && valueAt(editor.getState().document, [part, key]) !== undefined)
      .map((key): Change => ({ path: [part, key], value: undefined }));
    editor.change([{ path: field.path, value: name }, ...own], pathLabel(field.path));
  };
  const side = field.materials === 'active' ? part : '';
  const choices = [
    ...materialNames(field.materials, side),
    ...ownNames(state.document, field.materials, side)
  ];
  return <Choice field={field} choices={choices} shown={shownName} choose={choose} />;
}

export function MaterialCard({ part, kind }: { part: string; kind: string }) {
  const { state } = useEditor();
  const name = valueAt(state.document, [part, 'material']);
  const record = material(kind, name);
  if (!record) {
    return <OwnCard document={state.document} name={name} />;
  }
  return (
    <section className="jb-Card" aria-label={`Properties of ${String(name)}`}>
      <h4>
        {record.chemistry}
        <span>from the library</span>
      </h4>
      {record.note && <p>{record.note}</p>}
      <SuggestedValues part={part} record={record} />
      <PropertyTable values={record.values} />
      {record.ocp && <OcpChart law={record.ocp} colour={`var(--jb-${part})`} />}
      {(['conductivity', 'diffusivity'] as const).map(key => {
        const law = record[key];
        return (
          law && <LawChart key={key} name={key === 'diffusivity' ? 'Diffusivity' : label(key)} law={law} />
        );
      })}
    </section>
  );
}

/** What the document says of a material that travels with it; its curves are drawn where Python is. */
function OwnCard({ document, name }: { document: JsonObject; name: Json | undefined }) {
  const own = ownMaterial(document, name);
  if (!own) {
    return null;
  }
  const text = (key: string) => (typeof own[key] === 'string' ? own[key] : '');
  return (
    <section className="jb-Card" aria-label={`Properties of ${shownName(String(name))}`}>
      <h4>
        {text('chemistry') || text('name')}
        <span>travels with this cell</span>
      </h4>
      {text('note') && <p>{text('note')}</p>}
    </section>
  );
}

/** Values of the publication that the coating or film does not have now, to be taken in one step. */
function SuggestedValues({ part, record }: { part: string; record: MaterialRecord }) {
  const { editor, state } = useEditor();
  const differing = Object.entries(record.suggested ?? {}).filter(
    ([key, item]) => valueAt(state.document, [part, key]) !== item.value
  );
  if (differing.length === 0 || state.readOnly) {
    return null;
  }
  const take = () => {
    const changes = differing.flatMap(([key, item]): Change[] => [
      { path: [part, key], value: item.value },
      { path: ['sources', `${part}.${key}`], value: { ref: item.source.ref, method: item.source.method } }
    ]);
    editor.change(changes, `Published values of ${record.chemistry}`);
  };
  const names = differing.map(([key]) => label(key).toLowerCase()).join(', ');
  return (
    <button type="button" className="jb-Button jb-mod-wide" title={`Sets ${names}`} onClick={take}>
      {`Use the ${differing.length === 1 ? 'published value' : `${differing.length} published values`} of this material`}
    </button>
  );
}

function PropertyTable({ values }: { values: Readonly<Record<string, ValueRecord>> }) {
  return (
    <table className="jb-Properties">
      <tbody>
        {Object.entries(values).map(([key, item]) => (
          <tr key={key}>
            <th scope="row">{key === 'density' ? 'Density' : label(key)}</th>
            <td>{property(item.value)}</td>
            <td>{item.unit === '1' ? '' : raised(item.unit)}</td>
            <td>
              <SourceNote source={{ ...item.source, note: '' }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OcpChart({ law, colour }: { law: LawRecord; colour: string }) {
  const { state } = useEditor();
  const electrolyte = material('electrolyte', valueAt(state.document, ['electrolyte', 'material']));
  const couple = electrolyte?.chemistry.startsWith('Na') ? 'Na/Na⁺' : 'Li/Li⁺';
  return (
    <figure>
      <LineChart
        title={`Open-circuit potential against stoichiometry, ${law.source.ref}`}
        curves={[{ name: 'U', colour, x: law.x, y: law.y }]}
        xLabel="Stoichiometry"
        yLabel={`Potential vs ${couple} (V)`}
        xRange={[0, 1]}
        yRange={usualRange(law)}
        domain={[law.domain[0] ?? 0, law.domain[1] ?? 1]}
        height={176}
      />
      <figcaption>
        Open-circuit potential · <SourceNote source={law.source} />
        {((law.domain[0] ?? 0) > 0 || (law.domain[1] ?? 1) < 1) && ' · shaded: outside the fitted range'}
      </figcaption>
    </figure>
  );
}

/** Range of the potentials away from the two ends, where they rise without limit. */
function usualRange(law: LawRecord): readonly [number, number] {
  const inner = law.y.filter((_, i) => (law.x[i] ?? 0) >= 0.015 && (law.x[i] ?? 0) <= 0.985);
  const [low, high] = [Math.min(...inner), Math.max(...inner)];
  const room = 0.05 * (high - low);
  return [low > 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** A transport property over the salt concentration; powers of ten go into the unit. */
function LawChart({ name, law }: { name: string; law: LawRecord }) {
  const largest = Math.max(...law.y.map(Math.abs));
  const exponent = largest > 0 && (largest < 1e-2 || largest > 1e4) ? Math.floor(Math.log10(largest)) : 0;
  const unit = exponent ? `10${[...String(exponent)].map(superscript).join('')} ${law.unit}` : law.unit;
  return (
    <figure>
      <LineChart
        title={`${name} against salt concentration, ${law.source.ref}`}
        curves={[
          {
            name,
            colour: 'var(--jb-electrolyte)',
            x: law.x.map(x => x / 1e3),
            y: law.y.map(y => y / 10 ** exponent)
          }
        ]}
        xLabel="Salt concentration (mol/L)"
        yLabel={`${name} (${unit})`}
        height={190}
      />
      <figcaption>
        <SourceNote source={law.source} />
      </figcaption>
    </figure>
  );
}

function superscript(c: string): string {
  return c === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)] ?? c);
}
