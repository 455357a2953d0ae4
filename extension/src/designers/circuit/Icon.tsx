/** The signs of the toolbar, as strokes in the colour of the text. */

const PATHS = {
  undo: 'M4 6h5.5a3.5 3.5 0 0 1 0 7H6M4 6l3-3M4 6l3 3',
  redo: 'M12 6H6.5a3.5 3.5 0 0 0 0 7H10M12 6 9 3M12 6 9 9',
  copy: 'M6 5.5h6.5V13H6zM3.5 10.5V3H10',
  fit: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  layout: 'M2.5 4h5M5 4v4M2.5 8h11M11 8v4M8.5 12h5',
  save: 'M8 2.5v7M5 7l3 3 3-3M3 12.5h10',
  solve: 'M5 3.5v9l7-4.5z',
  help: 'M6 6.2a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1V10M8 12v.4'
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="jb-Icon" width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
