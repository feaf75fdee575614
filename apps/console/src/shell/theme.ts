import { useSyncExternalStore } from 'react';
import { tryStorage } from '../session/storage.ts';

/** `system` follows the setting of the device. `public/theme.js` applies the stored one before the first paint. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'theme';
const darkQuery = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

const read = (): Theme => {
  const stored = tryStorage(() => localStorage.getItem(key));
  return themes.find((theme) => theme === stored) ?? 'system';
};

const apply = (): void => {
  const theme = read();
  document.documentElement.dataset['theme'] = theme === 'system' ? (darkQuery.matches ? 'dark' : 'light') : theme;
};

export const setTheme = (theme: Theme): void => {
  tryStorage(() => (theme === 'system' ? localStorage.removeItem(key) : localStorage.setItem(key, theme)));
  apply();
  for (const listener of listeners) listener();
};

darkQuery.addEventListener('change', apply);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, read);
