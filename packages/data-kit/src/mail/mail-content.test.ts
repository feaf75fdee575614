import { describe, expect, it } from 'vitest';
import { toMailContent } from './mail-content.ts';

const link = { label: 'Verify', url: 'https://example.com/verify?a=1&b=2' };

describe('toMailContent', () => {
  it('says the same as text and as HTML', () => {
    const { text, html } = toMailContent({ subject: 'Hello', paragraphs: ['One.', 'Two.'], link });
    expect(text).toBe('One.\n\nTwo.\n\nVerify:\nhttps://example.com/verify?a=1&b=2\n');
    expect(html).toContain('<p>One.</p>\n<p>Two.</p>');
    expect(html).toContain('<a href="https://example.com/verify?a=1&amp;b=2">Verify</a>');
  });

  it('escapes subject, paragraphs and link in the HTML, and leaves the text as it is', () => {
    const evil = '"><script>alert(1)</script>';
    const { text, html } = toMailContent({
      subject: evil,
      paragraphs: [evil],
      link: { label: evil, url: `https://example.com/${evil}` },
    });
    expect(html).not.toContain('<script');
    expect(html).not.toContain('/">');
    expect(text).toContain(evil);
  });

  it('leaves the link out where there is none', () => {
    expect(toMailContent({ subject: 'Hello', paragraphs: ['One.'] })).toMatchObject({ text: 'One.\n' });
    expect(toMailContent({ subject: 'Hello', paragraphs: ['One.'] }).html).not.toContain('<a');
  });

  it.each(['javascript:alert(1)', '//example.com', 'data:text/html,x', ' https://example.com'])(
    'refuses the link %j, which a browser might run',
    (url) => {
      expect(() => toMailContent({ subject: 'Hello', paragraphs: [], link: { label: 'Open', url } })).toThrow(
        /neither https/,
      );
    },
  );
});
