import type { Contents } from '@jupyterlab/services';
import { describe, expect, it, vi } from 'vitest';
import { notebookOf, runNotebook } from './notebooks';

function contents(
  ...paths: string[]
): Contents.IManager & { save: ReturnType<typeof vi.fn>; get: ReturnType<typeof vi.fn> } {
  return { get: vi.fn(async () => ({ content: paths.map(path => ({ path })) })), save: vi.fn() } as never;
}

describe('runNotebook', () => {
  it('writes a notebook beside the run', async () => {
    const manager = contents('runs/one c.run.nc');
    expect(await runNotebook(manager, 'runs/one c.run.nc')).toBe('runs/one c.run.ipynb');
    expect(manager.get).toHaveBeenCalledWith('runs');
    expect(manager.save).toHaveBeenCalledTimes(1);
  });

  it('keeps the one that is there', async () => {
    const manager = contents('one.run.nc', 'one.run.ipynb');
    expect(await runNotebook(manager, 'one.run.nc')).toBe('one.run.ipynb');
    expect(manager.get).toHaveBeenCalledWith('');
    expect(manager.save).not.toHaveBeenCalled();
  });

  it('loads by the name beside it, whatever the name', () => {
    const { cells } = notebookOf('say "hi".run.nc') as { cells: { source: string }[] };
    expect(cells[0]?.source).toContain('BatteryResult.load("say \\"hi\\".run.nc")');
    expect(cells[1]?.source).toBe('run.plot()');
  });
});
