import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { compile } from '../src/compile.ts';
import { routesPerResource, toModule, toResource } from './generated-routes.ts';

/** In the package, so that the compiler finds its dependencies. */
const folder = fileURLToPath(new URL('../dist/', import.meta.url));

/** Compiles a module with as many routes, and returns the errors and the instantiations. */
const compileRoutes = (count: number) => {
  mkdirSync(folder, { recursive: true });
  const project = mkdtempSync(join(folder, 'routes-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const things = Array.from({ length: count / routesPerResource }, (_, index) => `Thing${index}`);
  writeFileSync(join(project, 'tsconfig.json'), '{ "extends": "../../../../tsconfig.base.json", "include": ["*.ts"] }');
  writeFileSync(join(project, 'module.ts'), toModule(things));
  for (const thing of things) writeFileSync(join(project, `${thing}.ts`), toResource(thing));
  return compile(project, '--checkers', '1');
};

/** About a sixth more than a route with its action, its share of a resource and its place in the module needs. */
const instantiationsPerRouteMax = 1450;

it('checks 300 routes with as little work for each as for the first', () => {
  const [few, many] = [compileRoutes(30), compileRoutes(300)];
  expect([few.errors, many.errors]).toEqual(['', '']);
  expect((many.instantiations - few.instantiations) / 270).toBeLessThan(instantiationsPerRouteMax);
}, 120_000);
