/** A few choices in a row, one of them pressed. */

interface ToggleProps {
  readonly name: string;
  readonly options: readonly string[];
  readonly value: string;
  choose(value: string): void;
}

export function Toggle({ name, options, value, choose }: ToggleProps) {
  return (
    <div className="jb-Toggle" role="group" aria-label={name}>
      {options.map(option => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => choose(option)}>
          {option}
        </button>
      ))}
    </div>
  );
}
