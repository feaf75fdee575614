import { expect, it } from 'vitest';
import { proxyOf } from './fetch-go.ts';

it.each([
  [undefined, 'https://proxy.golang.org'],
  ['direct', 'https://proxy.golang.org'],
  ['https://goproxy.example/go/,direct', 'https://goproxy.example/go'],
  ['off|https://goproxy.example', 'https://goproxy.example'],
])('takes the module proxy that GOPROXY names: %s', (GOPROXY, url) => {
  expect(proxyOf(GOPROXY === undefined ? {} : { GOPROXY })).toBe(url);
});
