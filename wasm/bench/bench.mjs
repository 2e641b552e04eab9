// popw beside snarkjs, in Node and in Chromium: same key, same proof, same process.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as snarkjs from 'snarkjs';
import * as groth16 from '../pkg/groth16.js';
import * as popw from '../pkg/popw.js';
import * as raw from '../pkg/raw.js';
import * as rawSmall from '../pkg/raw_small.js';
import * as small from '../pkg/small.js';
import { inChromium, pkg, serve, standard } from '../tests/support.mjs';
import { cases, measure } from './cases.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const rounds = Number(process.env.ROUNDS ?? 60);

function table(title, times) {
  const theirs = times['snarkjs groth16.verify'];
  console.log(`\n${title}, lower quartile of ${rounds}`.padEnd(50), 'ms'.padStart(8), 'snarkjs takes'.padStart(16));
  for (const [name, ms] of Object.entries(times)) console.log(name.padEnd(49), ms.toFixed(2).padStart(8), `${(theirs / ms).toFixed(2)}×`.padStart(16));
}

async function chromium() {
  const bundled = await build({ stdin: { contents: "export { groth16 } from 'snarkjs';", resolveDir: here }, bundle: true, format: 'esm', platform: 'browser', write: false, logLevel: 'error' });
  const main = `
    import * as snarkjs from '/snarkjs.js';
    import * as popw from '/pkg/popw.js';
    import * as groth16 from '/pkg/groth16.js';
    import * as raw from '/pkg/raw.js';
    import * as rawSmall from '/pkg/raw_small.js';
    import * as small from '/pkg/small.js';
    import { cases, measure } from '/bench/cases.mjs';
    const read = async (name) => new Uint8Array(await (await fetch('/corpus/' + name)).arrayBuffer());
    window.times = (async () => measure(await cases({ popw, groth16, small, raw, rawSmall, snarkjs }, read), ${rounds}))();`;
  const pages = { '/': '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>', '/main.js': main, '/snarkjs.js': bundled.outputFiles[0].text };
  const server = await serve({ pkg, bench: here, corpus: join(here, '../../corpus/standard') }, pages);
  try {
    return await inChromium(async (page) => {
      await page.goto(server.url);
      await page.waitForFunction(() => 'times' in window);
      return page.evaluate(() => window.times);
    });
  } finally {
    server.close();
  }
}

table(`Node ${process.version}`, await measure(await cases({ popw, groth16, small, raw, rawSmall, snarkjs }, standard), rounds));
table('Chromium', await chromium());
// snarkjs keeps worker threads of its curve.
process.exit();
