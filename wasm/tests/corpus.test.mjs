// The corpus's codes, from every build.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdTo } from './corpus.mjs';
import { builds, corpora, pkg } from './support.mjs';

for (const folder of corpora) {
  for (const { name, systems, documents } of builds) {
    test(`${name} gives the codes of ${folder}`, async () => {
      const build = await import(join(pkg, `${name}.js`));
      const seen = await holdTo(build, undefined, async (file) => new Uint8Array(readFileSync(join(folder, file))), { systems, documents });
      const codes = Object.keys(seen);
      const wanted = ['proof valid', 'proof malformed', 'proof rejected', 'proof wrong-input-count', 'raw batch valid', 'raw batch malformed', 'raw batch rejected',
        'raw batch wrong-input-count', 'key file malformed-key', 'key file generator', 'key file related-points', 'key file duplicate-ic', 'key file ic-alpha'];
      if (documents) {
        wanted.push('key file ic-sum', 'key file related-sum');
        wanted.push('verdict due', 'verdict already-claimed', 'verdict valid-for-this-epoch', 'verdict valid-context-not-checked', 'verdict unreadable',
          'verdict epoch-unreadable', 'verdict context-mismatch', 'verdict in a batch rejected', 'batch valid');
      }
      if (systems.length === 1) wanted.push('key left out unsupported-system');
      for (const one of wanted) assert.ok(codes.includes(one), `no entry: ${one}, only ${codes}`);
      console.log(`${name}: ${Object.values(seen).reduce((a, b) => a + b)} answers`);
    });
  }
}
