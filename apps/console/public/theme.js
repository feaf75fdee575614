// Runs before the first paint, so that no page flashes in the other theme. A module would run too late.
(() => {
  let stored;
  try {
    stored = localStorage.getItem('theme');
  } catch {
    // The user forbids storage.
  }
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = stored ?? (isDark ? 'dark' : 'light');
})();
