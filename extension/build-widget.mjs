// Bundles the notebook widgets: for each one ES module with React inside, and one style sheet.
import { build } from 'esbuild';

const watch = process.argv.includes('--watch');

const result = await build({
  entryPoints: {
    cell_designer: 'src/hosts/anywidget/cell_designer.tsx',
    circuit_designer: 'src/hosts/anywidget/circuit_designer.tsx',
    protection_designer: 'src/hosts/anywidget/protection_designer.tsx'
  },
  outdir: 'joulebook_lab/static',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.json': 'json' },
  banner: { js: '/*! Joulebook (BSD-3-Clause); contains React (MIT) */' },
  logLevel: watch ? 'info' : 'warning',
  metafile: true
});

for (const [file, output] of Object.entries(result.metafile.outputs)) {
  console.log(`${file}  ${(output.bytes / 1000).toFixed(1)} kB`);
}
