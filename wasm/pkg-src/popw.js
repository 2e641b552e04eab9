// Both proof systems, built for speed.
import { PopwError, loader } from './api.js';
import glue from './popw_glue.js';

export { PopwError };
export const load = loader(glue, () => new URL('./popw_bg.wasm', import.meta.url));
