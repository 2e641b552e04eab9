// Groth16 alone, built for speed.
import { PopwError, loader } from './api.js';
import glue from './groth16_glue.js';

export { PopwError };
export const load = loader(glue, () => new URL('./groth16_bg.wasm', import.meta.url));
