import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderEnvExample } from './env-example.ts';
import { json, port, text } from './kinds.ts';
import { load } from './load.ts';
import { secret } from './secret.ts';
import { url } from './url.ts';

const shared = { PORT: port('Where the API listens.', { default: 3000 }) };
const platform = {
  ...shared,
  MONGODB_URI: url('Where MongoDB is.', { schemes: ['mongodb'], example: 'mongodb://localhost:27017' }),
  CURSOR_SECRET: secret('What cursors are signed with.'),
  MAIL_PASSWORD: secret('The password of the mail server.', { optional: true }),
  AUTH_JWKS: json('Public keys.', {
    schema: z.object({ keys: z.array(z.any()) }),
    expects: 'a key set',
    example: '{"keys":[]}',
    trusted: true,
  }),
  ORIGINS: json('Who may call.', { schema: z.array(z.string()), expects: 'a list', example: '["https://a.example"]' }),
  GREETING: text('What it says.', { example: "it's # one", optional: true }),
};

describe('renderEnvExample', () => {
  it('shows each setting once with its description, its form and whether it is required', () => {
    const text = renderEnvExample([
      { title: 'platform', settings: platform },
      { title: 'users', settings: shared },
    ]);
    expect(text).toBe(`# Every setting of the project. Generated from the code: change the settings there, not here.
# Copy it to .env and fill in what is empty; a variable of the environment wins over the file.

# --- platform

# Where the API listens.
# a port from 0 to 65535; has a default
# PORT=3000

# Where MongoDB is.
# a URL that begins with mongodb://; required
# For example: mongodb://localhost:27017
MONGODB_URI=

# What cursors are signed with.
# a secret of at least 32 characters; required
# Make one with: openssl rand -base64 32
CURSOR_SECRET=

# The password of the mail server.
# a secret of at least 32 characters; optional
# Make one with: openssl rand -base64 32
# MAIL_PASSWORD=

# Public keys.
# a key set; required
AUTH_JWKS=

# Who may call.
# a list; required
# For example: ["https://a.example"]
ORIGINS=

# What it says.
# a text of at most 1000 characters; optional
# GREETING="it's # one"
`);
  });

  it('makes a file that loads once what is required is filled in', () => {
    const file = parseEnv(
      renderEnvExample([{ title: 'platform', settings: platform }]).replaceAll('# GREETING', 'GREETING'),
    );
    const config = load(platform, {
      ...file,
      MONGODB_URI: 'mongodb://localhost:27017',
      AUTH_JWKS: '{"keys":[]}',
      ORIGINS: '[]',
      CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
    });
    expect(config).toMatchObject({ PORT: 3000, AUTH_JWKS: { keys: [] }, GREETING: "it's # one" });
    expect(() => load(platform, file)).toThrow('CURSOR_SECRET is missing.');
  });

  it('refuses two different settings of one name, and a value that no quotes can hold', () => {
    const groups = [
      { title: 'a', settings: shared },
      { title: 'b', settings: { PORT: port('Another port.') } },
    ];
    expect(() => renderEnvExample(groups)).toThrow('Two different settings are named PORT.');
    const settings = { ODD: text('An odd one.', { example: `' " \``, optional: true }) };
    expect(() => renderEnvExample([{ title: 'a', settings }])).toThrow(TypeError);
  });
});
