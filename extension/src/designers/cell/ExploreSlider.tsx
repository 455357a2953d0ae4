/** A value of the Explore panel: its slider, what it says now, and what stands in its way. */

import { useId } from 'react';
import type { JsonObject } from '../../core/document';
import { displayQuantity } from '../../core/units';
import type { Field } from '../../core/schema';
import { movedValue, presentValue, sliderRange, STEP } from './explore';
import { Icon } from './Icon';
import { pathLabel } from './model';

interface SliderProps {
  readonly field: Field;
  readonly document: JsonObject;
  /** Place of the slider, % of the present value. */
  readonly percent: number;
  readonly problem: string;
  move(percent: number): void;
  drop(): void;
}

export function ExploreSlider({ field, document, percent, problem, move, drop }: SliderProps) {
  const id = useId();
  const present = presentValue(document, field) ?? 0;
  const [low, high] = sliderRange(field, present);
  const name = pathLabel(field.path);
  const value = displayQuantity(movedValue(present, percent), field);
  const moved = percent === 0 ? '' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
  return (
    <div className="jb-Slider" data-explored={field.path.join('.')} data-invalid={problem !== ''}>
      <label htmlFor={id}>{name}</label>
      <output htmlFor={id}>
        {value}
        <span>{moved}</span>
      </output>
      <button
        type="button"
        className="jb-IconButton"
        aria-label={`Take ${name} away`}
        title={`Take ${name} away`}
        onClick={drop}
      >
        <Icon name="close" />
      </button>
      <input
        id={id}
        type="range"
        min={low}
        max={high}
        step={STEP}
        value={percent}
        aria-valuetext={[value, moved].filter(Boolean).join(', ')}
        aria-invalid={problem !== ''}
        aria-describedby={`${id}-problem`}
        onChange={event => move(Number(event.target.value))}
        onDoubleClick={() => move(0)}
      />
      <p id={`${id}-problem`} role="alert">
        {problem}
      </p>
    </div>
  );
}
