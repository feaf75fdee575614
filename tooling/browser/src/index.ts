export { findAccessibilityFaults } from './accessibility.ts';
export { useBrowser } from './use-browser.ts';
