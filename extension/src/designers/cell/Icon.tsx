/** The few signs of the toolbar, drawn as strokes so that they take the colour of the text. */

const PATHS = {
  undo: 'M4 6h5.5a3.5 3.5 0 0 1 0 7H6M4 6l3-3M4 6l3 3',
  redo: 'M12 6H6.5a3.5 3.5 0 0 0 0 7H10M12 6 9 3M12 6 9 9',
  copy: 'M6 5.5h6.5V13H6zM3.5 10.5V3H10',
  reset: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.2M12.6 2.6v2.6H10',
  close: 'm5 5 6 6m0-6-6 6',
  warning: 'M8 3 2.6 12.5h10.8zM8 7v2.6M8 11v.4'
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg className="jb-Icon" width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
