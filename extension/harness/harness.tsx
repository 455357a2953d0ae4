// A page without Jupyter around the widget, for looking at it and for browser tests: `look.py` drives it.
import widget from '../src/hosts/anywidget/cell_designer';
import named from '../src/generated/named.json';
import { PageModel } from './page';

const asked = new URLSearchParams(location.search);
const theme = asked.get('theme') ?? 'light';
const cell = named[(asked.get('cell') ?? 'Chen2020') as keyof typeof named];
const el = document.getElementById('cell');
window.model = new PageModel({ doc: cell, read_only: false, theme });
document.body.style.background = theme === 'dark' ? '#101214' : '#e9ebee';
if (el) {
  widget.render({ model: window.model as never, el });
}
