// The circuit designer on a page without Jupyter: `?network=file.json` names a document beside the page.
import widget from '../src/hosts/anywidget/circuit_designer';
import { PageModel } from './page';

const asked = new URLSearchParams(location.search);
const theme = asked.get('theme') ?? 'light';
const doc: unknown = await fetch(asked.get('network') ?? 'build/network.json').then(answer => answer.json());
const el = document.getElementById('circuit');
window.model = new PageModel({ doc, read_only: false, theme });
document.body.style.background = theme === 'dark' ? '#101214' : '#e9ebee';
if (el) {
  Object.assign(window, { opened: performance.now() });
  widget.render({ model: window.model as never, el });
}
