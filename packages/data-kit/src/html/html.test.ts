import { describe, expect, it } from 'vitest';
import { html, toInlineCode } from './html.ts';

describe('html', () => {
  it('escapes values, except HTML', () => {
    expect(html`<b title="${'"&\'<'}">${html`<i>${1}</i>`}${[html`<u></u>`, html`${'>'}`]}</b>`).toEqual({
      html: '<b title="&quot;&amp;&#39;&lt;"><i>1</i><u></u>&gt;</b>',
    });
  });

  it('shows text in backticks as code, and escapes it', () => {
    expect(toInlineCode('Send `a<b>`.')).toEqual({ html: 'Send <code>a&lt;b&gt;</code>.' });
  });
});
