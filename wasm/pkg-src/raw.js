// Groth16 proofs without documents, built for speed.
import { PopwError, Raw, loaderOf } from './raw_api.js';
import glue from './raw_glue.js';

export { PopwError };
export const load = loaderOf(Raw, glue, () => new URL('./raw_bg.wasm', import.meta.url));
